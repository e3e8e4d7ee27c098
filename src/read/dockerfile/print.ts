import type { SyntaxTree, Token } from './syntax.ts'

/** The text again, from the leaves of the tree: `encode({ text: print(parse(x)), encoding })` is x, byte for byte. */
export const print = (tree: SyntaxTree): string => {
  let text = ''
  for (const node of tree.nodes) {
    const leaves: readonly Pick<Token, 'span'>[] = node.kind === 'instruction' ? node.tokens : [node]
    for (const leaf of leaves) text += tree.text.slice(leaf.span.start, leaf.span.end)
  }
  return text
}
