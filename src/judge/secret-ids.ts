/**
 * Ids of secret mounts. They hold for a whole build (`docker build --secret id=…`): what is not known to be the same value must not share one.
 * https://docs.docker.com/build/building/secrets/
 */
import { remembered } from '../model/remember.ts'
import type { Dockerfile, Step } from '../read/dockerfile/graph.ts'
import { unquote } from '../read/dockerfile/lex.ts'
import type { KeyValue } from '../read/dockerfile/syntax.ts'
import { flagNamed, mountsOf, stepsNamed } from './dockerfile-queries.ts'

/** What makes a value this one; `qualifier` tells it from others of the same name. */
type Value = { readonly identity: string; readonly qualifier: string }

const clean = (text: string): string =>
  text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_|_$/g, '')

/** Values by the id that each would have alone. */
const valuesOf = remembered((dockerfile: Dockerfile): ReadonlyMap<string, readonly Value[]> => {
  const values = new Map<string, Value[]>()
  const add = (id: string, value: Value): void => {
    const list = values.get(id)
    if (!list) values.set(id, [value])
    else if (!list.some(({ identity }) => identity === value.identity)) list.push(value)
  }
  for (const step of stepsNamed(dockerfile, 'ARG', 'ENV'))
    for (const pair of step.instruction.pairs) {
      const identity = variableIdentity(dockerfile, step, pair)
      if (identity !== undefined) add(pair.key.toLowerCase(), { identity, qualifier: clean(step.stage?.name ?? '') })
    }
  for (const step of stepsNamed(dockerfile, 'COPY', 'ADD')) {
    if (flagNamed(step, 'from')) continue
    for (const { raw } of step.instruction.words.slice(0, -1)) {
      const path = plainPath(raw)
      add(`file ${baseName(path)}`, fileValue(path))
    }
  }
  return values
})

const plainPath = (path: string): string => path.replace(/^["']|["']$/g, '').replace(/^(?:\.?\/)+/, '')
const baseName = (path: string): string => path.slice(path.lastIndexOf('/') + 1)

const fileValue = (path: string): Value => ({
  identity: `file ${path}`,
  qualifier: clean(path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : ''),
})

/** `ENV X=$X` passes on what ARG was given; ARG without a default is what the build says, or the default before the first FROM. */
const variableIdentity = (dockerfile: Dockerfile, step: Step, pair: KeyValue): string | undefined => {
  const { key, value } = pair
  const text = value === undefined ? undefined : unquote(value.raw, dockerfile.tree.escape)
  if (text === '' && step.instruction.name === 'ENV') return undefined
  if (text === undefined || text === '') return `variable ${key} ${defaultOf(dockerfile, step, key)}`
  if (text === `$${key}` || text === `\${${key}}`) {
    const { steps } = dockerfile
    const before = steps
      .slice(0, steps.indexOf(step))
      .findLast(other => setsIn(other, key) && (other.stage === step.stage || other.stage === undefined))
    const given = before?.instruction.pairs.find(one => one.key === key)
    return before && given ? variableIdentity(dockerfile, before, given) : `variable ${key} `
  }
  return `variable ${key} ${text}`
}

const setsIn = ({ instruction }: Step, key: string): boolean =>
  (instruction.name === 'ARG' || instruction.name === 'ENV') && instruction.pairs.some(one => one.key === key)

const defaultOf = (dockerfile: Dockerfile, step: Step, key: string): string => {
  if (step.stage === undefined) return ''
  const global = stepsNamed(dockerfile, 'ARG').find(other => other.stage === undefined && setsIn(other, key))
  const value = global?.instruction.pairs.find(one => one.key === key)?.value
  return value === undefined ? '' : unquote(value.raw, dockerfile.tree.escape)
}

/** `taken`: ids of other values. */
const choose = (plain: string, all: readonly Value[], own: Value, taken: ReadonlySet<string>): string => {
  const index = Math.max(
    0,
    all.findIndex(({ identity }) => identity === own.identity),
  )
  // The same value has the name that it was met by first.
  const { qualifier } = all[index] ?? own
  const isNamed = qualifier !== '' && all.filter(one => one.qualifier === qualifier).length < 2
  const named = qualifier === '' ? plain : `${qualifier}_${plain}`
  // Where others were told apart so before, this one is too.
  const isAlone = all.length < 2 && ![...taken].some(id => id.endsWith(`_${plain}`))
  const first = isAlone ? plain : isNamed ? named : index === 0 ? plain : `${plain}_${index + 1}`
  if (!taken.has(first)) return first
  for (let i = 1; ; i++) {
    const id = i === 1 ? named : `${named}_${i}`
    if (!taken.has(id)) return id
  }
}

type MountedId = {
  readonly step: Step
  readonly id: string /** The variable that the RUN gets from it, if it is told. */
  readonly variable: string | undefined
}

/** Ids that mounts of the file have already, without those of the same secret. */
const takenBy = (dockerfile: Dockerfile, isOwn: (mount: MountedId) => boolean): ReadonlySet<string> =>
  new Set(
    stepsNamed(dockerfile, 'RUN').flatMap(step =>
      mountsOf(step).flatMap(({ type, field }) => {
        const id = field('id')?.value
        if (type !== 'secret' || id === undefined) return []
        const text = dockerfile.tree.text.slice(step.instruction.span.start, step.instruction.span.end)
        const read = new RegExp(`export (\\w{1,100})="\\$\\(cat /run/secrets/${RegExp.escape(id)}[ )]`).exec(text)?.[1]
        return isOwn({ step, id, variable: field('env')?.value ?? read }) ? [] : [id]
      }),
    ),
  )

/** The id for what ENV or ARG passes, and the variable of the caller's that the build takes it from. */
export const variableSecret = (
  dockerfile: Dockerfile,
  step: Step,
  pair: KeyValue,
): { readonly id: string; readonly from: string } => {
  const plain = pair.key.toLowerCase()
  const own: Value = {
    identity: variableIdentity(dockerfile, step, pair) ?? `variable ${pair.key} `,
    qualifier: clean(step.stage?.name ?? ''),
  }
  // What the build is given by name is the same wherever it goes.
  const isGiven = own.identity === `variable ${pair.key} `
  const taken = takenBy(dockerfile, ({ variable }) => isGiven && (variable ?? pair.key) === pair.key)
  const id = choose(plain, valuesOf(dockerfile).get(plain) ?? [], own, taken)
  return { id, from: isGiven || id === plain ? pair.key : id.toUpperCase() }
}

/** The id for a file of the context, of the kind that `names` have. Mounts of `scope`, the steps behind its COPY, are of the same file. */
export const fileSecret = (
  dockerfile: Dockerfile,
  path: string,
  kind: { readonly names: readonly string[]; readonly id: string },
  scope: readonly Step[],
): string => {
  const values = valuesOf(dockerfile)
  const files = kind.names.flatMap(name => values.get(`file ${name}`) ?? [])
  const taken = new Set(takenBy(dockerfile, ({ step }) => scope.includes(step)))
  if (values.has(kind.id)) taken.add(kind.id)
  return choose(kind.id, files, fileValue(plainPath(path)), taken)
}
