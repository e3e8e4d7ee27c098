/** Pipelines in Groovy: the strings in them that a shell runs, and the arguments that Jenkins hands to `docker run` (https://www.jenkins.io/doc/book/pipeline/docker/). */
import { type MappedText, replacedText, slicedText } from './mapped-text.ts'
import type { RunScript } from './run-script.ts'

type Literal = { readonly start: number; readonly end: number; readonly value: MappedText }

const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', b: '\b', f: '\f' }
/** How far before `.inside(…)` its image is looked for. */
const near = 400

/** `sh 'x'`, `sh(script: "x")`, `def x = "docker …"`. */
const runs = /(?:\bsh\s*\(?|\bscript\s*:|=)\s*$/
const holdsOptions = /(?:\.(?:inside|withRun|run)\s*\(|\bargs)\s*$/
const holdsImage = /(?:\.image\s*\(|\bimage)\s*$/
/** `${env.X}` of Groovy is no variable of a shell by its name. */
const templates = /\$\{[^}]{0,300}\}/g

export const readJenkinsfile = (script: RunScript, text: string): void => {
  let image: Literal | undefined
  for (const literal of literals(text)) {
    const before = text.slice(Math.max(0, literal.start - 40), literal.start)
    if (holdsImage.test(before)) image = literal
    else if (holdsOptions.test(before)) {
      // `.run(` may be anything's.
      if (image && literal.start - image.end < near) readOptions(script, literal, image)
      image = undefined
    } else if (runs.test(before)) script.read(literal.value, templates)
  }
}

const readOptions = (script: RunScript, literal: Literal, image: Literal): void => {
  const place = (start: number, end: number) => ({ in: 'file', path: script.path, span: { start, end } }) as const
  const at = place(literal.start, literal.end)
  const name = image.value.text
  const run = script.container([
    { text: 'docker', at, known: true },
    { text: 'run', at, known: true },
    ...script.optionWords(literal.value, templates),
    { text: name, at: place(image.start, image.end), known: !name.includes('$'), quoted: true },
  ])
  if (run) script.add({ ...run, verbAt: undefined })
}

/** String literals; comments are passed over. One pass. */
const literals = function* (text: string): Generator<Literal> {
  let at = 0
  while (at < text.length) {
    const unit = text[at]
    if (unit === '/' && text[at + 1] === '/') at = behind(text, '\n', at)
    else if (unit === '/' && text[at + 1] === '*') at = behind(text, '*/', at + 2)
    else if (unit === '"' || unit === "'") {
      const triple = text.startsWith(unit.repeat(3), at)
      const width = triple ? 3 : 1
      const start = at + width
      let end = start
      while (end < text.length && !(triple ? text.startsWith(unit.repeat(3), end) : text[end] === unit || text[end] === '\n'))
        end += text[end] === '\\' ? 2 : 1
      end = Math.min(end, text.length)
      const value = replacedText(slicedText(text, start, end), /\\[\s\S]/g, found =>
        found === '\\\n' ? '' : (escapes[found[1]!] ?? found[1]!),
      )
      at = Math.min(end + width, text.length)
      yield { start: start - width, end: at, value }
    } else at++
  }
}

const behind = (text: string, mark: string, from: number): number => {
  const found = text.indexOf(mark, from)
  return found === -1 ? text.length : found + mark.length
}
