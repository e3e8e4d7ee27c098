/** Taking an option out of a command, where that leaves the rest as it is. */
import type { Edit } from '../model/finding.ts'
import type { Dockerfile } from '../read/dockerfile/graph.ts'
import type { ShellOption } from '../read/shell/script.ts'
import { type CommandAt, removeAt, replaceAt, withBlanksBefore } from './dockerfile-queries.ts'
import { isEditable } from './package-queries.ts'

/**
 * The edit that removes one option: the whole word, or its letter out of a cluster (`-Lkv` → `-Lv`). Undefined where that is not certain:
 * quotes, an option with a value, the JSON form. The blanks before the word go too, unless they begin a line.
 */
export const removeOption = (dockerfile: Dockerfile, at: CommandAt, option: ShellOption): Edit | undefined => {
  const { word, name } = option
  const written = dockerfile.tree.text.slice(word.span.start, word.span.end)
  if (!isEditable(at) || word.quoted || written !== word.text || option.value !== undefined) return undefined
  if (written === name) {
    const span = withBlanksBefore(dockerfile, word.span)
    // Alone on a continued line: the line goes, since an empty one inside an instruction is an error of its own.
    const { text, escape } = dockerfile.tree
    if (text[span.start - 1] === '\n') {
      const rest = new RegExp(`[ \\t]*${escape === '\\' ? '\\\\' : '`'}[ \\t]*\\r?\\n`, 'y')
      rest.lastIndex = word.span.end
      if (rest.test(text)) return removeAt(dockerfile, { start: span.start, end: rest.lastIndex })
      // The last word of the instruction: the continuation before it goes too, or what follows would be joined.
      const end = /^[ \t]*(?:\r?\n|$)/.test(text.slice(word.span.end, word.span.end + 200))
      const before = /[ \t]*(.)[ \t]*\r?\n$/.exec(text.slice(Math.max(0, span.start - 200), span.start))
      if (end)
        return before?.[1] === escape
          ? removeAt(dockerfile, { start: span.start - before[0].length, end: word.span.end })
          : undefined
    }
    // At the start of a line the blanks are its indentation: then those behind go.
    if (dockerfile.tree.text[span.start - 1] !== '\n') return removeAt(dockerfile, span)
    let { end } = word.span
    while (dockerfile.tree.text[end] === ' ' || dockerfile.tree.text[end] === '\t') end++
    return removeAt(dockerfile, { start: word.span.start, end })
  }
  if (/^-[A-Za-z]$/.test(name) && /^-[A-Za-z]{2,}$/.test(written) && !written.startsWith('--'))
    return replaceAt(dockerfile, word.span, written.replace(name[1]!, ''))
  return undefined
}
