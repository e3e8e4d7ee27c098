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
export const secretMount = (id: string, ...fields: readonly string[]): string =>
  ['type=secret', `id=${id}`, ...fields, 'required=true'].join(',')

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

/**
 * The edits that give one RUN the variable from a secret; undefined where that cannot be done well: the JSON form has no shell that
 * reads a file, PowerShell and scripts with an interpreter of their own read it in another way.
 */
export const mountVariable = (dockerfile: Dockerfile, step: Step, id: string, name: string): readonly Edit[] | undefined => {
  const form = mountForms(dockerfile)
  const { instruction } = step
  const at = instruction.argumentSpan.start
  if (form === 'none' || mountsOf(step).some(({ type, field }) => type === 'secret' && field('id')?.value === id))
    return undefined
  if (form === 'env') return [insertAt(dockerfile, at, `--mount=${secretMount(id, `env=${name}`)} `)]
  const [script, ...more] = step.scripts
  if (instruction.json || !script || script.dialect === 'other' || script.interpreter !== undefined) return undefined
  const mount = `--mount=${secretMount(id)}${readableBy(step)} `
  const read = `export ${name}="$(cat /run/secrets/${id})"`
  if (instruction.heredocs.length === 1 && /^<<-?["']?\w+["']?$/.test(instruction.argument.text.trim())) {
    const [{ body, content }] = instruction.heredocs as [Instruction['heredocs'][number]]
    if (more.length > 0 || content.startsWith('#!')) return undefined
    return [insertAt(dockerfile, at, mount), insertAt(dockerfile, body.start, read + lineEnd(dockerfile))]
  }
  // `a && b &` would read the file in the background too.
  const joint = /(?<![&>])&(?![&>\d])/.test(instruction.argument.text) ? ';' : ' &&'
  return [insertAt(dockerfile, at, `${mount}${read}${joint} `)]
}

/** The edit that mounts a secret as a file in one RUN. */
export const mountFile = (dockerfile: Dockerfile, step: Step, id: string, target: string): Edit =>
  insertAt(dockerfile, step.instruction.argumentSpan.start, `--mount=${secretMount(id, `target=${target}`)}${readableBy(step)} `)

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
