/**
 * Edits that turn a secret into a mount of the RUN instructions that need it.
 * https://docs.docker.com/build/building/secrets/, https://docs.docker.com/reference/dockerfile/#run---mounttypesecret
 */
import type { Edit } from '../model/finding.ts'
import type { Span } from '../model/text.ts'
import type { Dockerfile, Step } from '../read/dockerfile/graph.ts'
import type { Instruction } from '../read/dockerfile/syntax.ts'
import { insertAt, lineEnd, mountsOf } from './dockerfile-queries.ts'

/** Whom a secret of one step serves is asked of all others: files that nobody wrote by hand get advice only. */
export const isTooLong = (dockerfile: Dockerfile): boolean => dockerfile.tree.text.length > 65_536

/**
 * What the frontend that the `# syntax` line names can do: `env` since 1.10; nothing of it before 1.2. Without the line the
 * builder's own reads it.
 */
export const mountForms = (dockerfile: Dockerfile): 'env' | 'file' | 'none' => {
  const syntax = dockerfile.tree.directives.find(({ name }) => name === 'syntax')?.value.trim()
  const match = /^(?:docker\.io\/)?docker\/dockerfile(?:-upstream)?(?::([\w.-]+))?(@.*)?$/.exec(syntax ?? '')
  if (!match) return 'file'
  const [, tag = 'latest', digest] = match
  const version = /^1(?:\.(\d+)(?:\.\d+)?)?(?:-(labs|experimental))?$/.exec(tag)
  if (!version) return digest === undefined && /^(?:latest|labs|master|master-labs)$/.test(tag) ? 'env' : 'file'
  const [, minor, channel] = version
  // The tag `1` is the newest 1.x, unless a digest holds it where it was.
  if (minor === undefined) return digest === undefined && channel !== 'experimental' ? 'env' : 'file'
  if (Number(minor) >= 10) return 'env'
  return Number(minor) >= 2 || channel === 'experimental' ? 'file' : 'none'
}

/**
 * The value of `--mount`. A secret that is not `required` is empty, or not there, when the build does not get it, and the
 * build goes on: https://docs.docker.com/reference/dockerfile/#run---mounttypesecret
 */
export const secretMount = (id: string, fields: readonly string[] = [], isOptional = false): string =>
  ['type=secret', `id=${id}`, ...fields, ...(isOptional ? [] : ['required=true'])].join(',')

/** Whether a script says what happens without the variable: `${X:-…}`, `[ -n "$X" ]`, `test "$X" = ""`, `[ "x$X" != x ]`. */
export const handlesEmpty = (script: string, name: string): boolean => {
  const variable = `\\$(?:${name}(?!\\w)|\\{${name}(?::?-[^}]{0,200})?\\})`
  return (
    new RegExp(`\\$\\{${name}(?::[-+=?]|[-+=?])`).test(script) ||
    new RegExp(
      `(?:\\[\\[?|\\btest)\\s{1,9}(?:!\\s{1,9})?(?:-[nz]\\s{1,9}["']?${variable}|-v\\s{1,9}${name}(?!\\w)|["']?${variable}["']?\\s{0,9}(?:\\]|&&|\\|\\||;|$|[!=]=?\\s{1,9}(?:""|''))|"?(\\w{1,9})${variable}"?\\s{1,9}[!=]=?\\s{1,9}"?\\1"?(?:\\s|;|$))`,
    ).test(script) ||
    new RegExp(`\\bcase\\s{1,9}"?${variable}"?\\s{1,9}in\\b`).test(script)
  )
}

/** `set -u`: what is not set ends the script. */
const stopsAtUnset = /\bset\s{1,9}(?:-[a-z]{0,9}u|-o\s{1,9}nounset)/

/**
 * A secret is readable by root alone, unless the mount says otherwise: `,uid=1000` or `,mode=0444` for a RUN as somebody
 * else.
 */
export const readableBy = (step: Step): string => {
  const user = step.before.user.value
  if (!user || (user.known && /^(?:root|0)(?::|$)/.test(user.value))) return ''
  const uid = user.known ? /^\d+/.exec(user.value)?.[0] : undefined
  return uid === undefined ? ',mode=0444' : `,uid=${uid}`
}

/** A secret as the RUN instructions of a file get it. */
export type MountedVariable = {
  readonly id: string
  readonly name: string
  /** Nobody had to give it: ARG had an empty default. */
  readonly isOptional: boolean
}

/**
 * The edits that give one RUN the variable from a secret; undefined where that cannot be done well: the JSON form has no shell that
 * reads a file, PowerShell and scripts with an interpreter of their own read it in another way.
 */
export const mountVariable = (
  dockerfile: Dockerfile,
  step: Step,
  { id, name, ...variable }: MountedVariable,
): readonly Edit[] | undefined => {
  const form = mountForms(dockerfile)
  const { instruction } = step
  const at = instruction.argumentSpan.start
  if (form === 'none' || mountsOf(step).some(({ type, field }) => type === 'secret' && field('id')?.value === id))
    return undefined
  const text = [instruction.argument.text, ...instruction.heredocs.map(({ content }) => content)].join('\n')
  const isOptional = variable.isOptional || handlesEmpty(text, name)
  if (form === 'env') {
    // Without the secret it is not set at all, and no longer empty.
    const isStopped = isOptional && (stopsAtUnset.test(text) || step.before.shell.value.some(word => /^-[a-z]{0,9}u/.test(word)))
    return isStopped ? undefined : [insertAt(dockerfile, at, `--mount=${secretMount(id, [`env=${name}`], isOptional)} `)]
  }
  const [script, ...more] = step.scripts
  if (instruction.json || !script || script.dialect === 'other' || script.interpreter !== undefined) return undefined
  const mount = `--mount=${secretMount(id, [], isOptional)}${readableBy(step)} `
  const read = `export ${name}="$(cat /run/secrets/${id}${isOptional ? ' 2>/dev/null' : ''})"`
  if (instruction.heredocs.length === 1 && /^<<-?["']?\w+["']?$/.test(instruction.argument.text.trim())) {
    const [{ body, content }] = instruction.heredocs as [Instruction['heredocs'][number]]
    if (more.length > 0 || content.startsWith('#!')) return undefined
    return [insertAt(dockerfile, at, mount), insertAt(dockerfile, body.start, read + lineEnd(dockerfile))]
  }
  // The shell gets one line: all of it would be a comment.
  if (/^\s*#/.test(instruction.argument.text)) return undefined
  // `a && b &` would read the file in the background too.
  const joint = /(?<![&>])&(?![&>\d])/.test(instruction.argument.text) ? ';' : ' &&'
  return [insertAt(dockerfile, at, `${mount}${read}${joint} `)]
}

/** The edit that mounts a secret as a file in one RUN. */
export const mountFile = (dockerfile: Dockerfile, step: Step, id: string, target: string): Edit =>
  insertAt(
    dockerfile,
    step.instruction.argumentSpan.start,
    `--mount=${secretMount(id, [`target=${target}`])}${readableBy(step)} `,
  )

/** The folder of a read-only mount that has `path` in it, if there is one: nothing can be mounted there unless it is there already. */
export const readOnlyAround = (step: Step, path: string): string | undefined => {
  for (const { type, target, field } of mountsOf(step)) {
    const said = (...names: readonly string[]): boolean | undefined => {
      const one = field(...names)
      return one && one.value !== 'false'
    }
    const isReadOnly =
      type === 'bind' ? said('rw', 'readwrite') !== true && said('ro', 'readonly') !== false : said('ro', 'readonly')
    if (!isReadOnly || (type !== 'bind' && type !== 'cache') || target === undefined) continue
    const workdir = step.before.workdir.value
    // In doubt it is.
    if (/\$/.test(target) || (!target.startsWith('/') && !(workdir?.known && workdir.absolute))) return target
    const parts: string[] = []
    for (const part of (target.startsWith('/') ? target : `${workdir!.path}/${target}`).split('/')) {
      if (part === '..') parts.pop()
      else if (part !== '' && part !== '.') parts.push(part)
    }
    const folder = `/${parts.join('/')}`
    if (path === folder || path.startsWith(folder === '/' ? '/' : `${folder}/`)) return folder
  }
  return undefined
}

/**
 * The span to remove so that one of the items of an instruction (pairs of ENV, sources of COPY) goes, with the blanks and the
 * continuation on one side of it. Undefined when a comment between the lines would go with it. `after` is what follows the last
 * item, if something does.
 */
export const itemSpan = (instruction: Instruction, items: readonly Span[], index: number, after?: Span): Span | undefined => {
  const item = items[index]!
  const previous = items[index - 1]
  const next = items[index + 1] ?? after
  const isFree = ({ start, end }: Span): boolean =>
    !instruction.innerComments.some(({ span }) => span.start >= start && span.start < end)
  const candidates: Span[] = []
  if (previous) candidates.push({ start: previous.end, end: item.end })
  if (next) candidates.push({ start: item.start, end: next.start })
  return candidates.find(isFree)
}
