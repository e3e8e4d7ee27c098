/**
 * node scripts/corpus-harden.ts DIR [--level LEVEL] [--diff] [--left] [--only TEXT]
 *
 * Hardens every Dockerfile below DIR, with the folder that it stands in, in memory, and keeps the promises of that to account: nothing crashes, the result
 * parses as before, hardening twice changes nothing, none that ran as somebody else than root runs as root, and what the image starts, its folder, ports,
 * variables and volumes are as before, except for what a change says that it changes. Prints how much was done; exit code 1 when a promise is broken.
 */
import { readFileSync } from 'node:fs'
import { basename, relative, resolve } from 'node:path'
import { transformations } from '../src/change/harden/transformations/registry.ts'
import { harden } from '../src/flows/harden.ts'
import { isRoot } from '../src/judge/image-users.ts'
import { rules } from '../src/judge/rules/registry.ts'
import { type Hardening, type HardenLevel, hardenLevels } from '../src/model/hardening.ts'
import { encode } from '../src/model/text.ts'
import type { Entry, World } from '../src/model/world.ts'
import type { Dockerfile, Stage } from '../src/read/dockerfile/graph.ts'
import { readDockerfile } from '../src/read/dockerfile/read-dockerfile.ts'
import { showDiff } from '../src/show/diff.ts'
import { machine } from '../src/world/machine.ts'
import { dockerfilesBelow } from './dockerfiles-below.ts'

const [dir, ...flags] = process.argv.slice(2)
const valueOf = (flag: string): string | undefined => (flags.includes(flag) ? flags[flags.indexOf(flag) + 1] : undefined)
const level = (valueOf('--level') ?? 'balanced') as HardenLevel
const only = valueOf('--only')
if (dir === undefined || !hardenLevels.includes(level)) {
  console.error('usage: node scripts/corpus-harden.ts DIR [--level safe|balanced|strict] [--diff] [--left] [--only TEXT]')
  process.exit(2)
}

const files = dockerfilesBelow(dir)

/** The machine with some files as they would be after writing them. */
const overlaid = ({ files: changed }: Hardening): World => {
  const texts = new Map(changed.map(({ path, after }) => [resolve(path), after] as const))
  const { read, stat, list, open, inspect, names } = machine.files
  const freshIn = (path: string): readonly Entry[] =>
    changed
      .filter(one => one.before === undefined && resolve(one.path, '..') === resolve(path))
      .map(one => ({ name: basename(one.path), type: 'file' }))
  return {
    ...machine,
    files: {
      ...machine.files,
      read: async (path, limit) => {
        const text = texts.get(resolve(path))
        return text === undefined ? read(path, limit) : encode({ text, encoding: 'utf-8' })
      },
      stat: async path => {
        const text = texts.get(resolve(path))
        return text === undefined ? stat(path) : { type: 'file', size: text.length }
      },
      list: async path => {
        const found = await list(path)
        return [...found, ...freshIn(path)]
      },
      open: path => {
        const text = texts.get(resolve(path))
        if (text === undefined) return open(path)
        const bytes = encode({ text, encoding: 'utf-8' })
        const read = (offset: number, into: Uint8Array): number => {
          const piece = bytes.subarray(offset, offset + into.length)
          into.set(piece)
          return piece.length
        }
        return { size: bytes.length, identity: `${path} as changed`, read, close: () => undefined }
      },
      inspect: path => {
        const text = texts.get(resolve(path))
        const found = inspect(path)
        return text === undefined
          ? found
          : {
              type: 'file',
              mode: 0o644,
              uid: 0,
              gid: 0,
              mtime: 0,
              inode: path,
              target: '',
              ...found,
              size: encode({ text, encoding: 'utf-8' }).length,
            }
      },
      names: path => [...new Set([...names(path), ...freshIn(path).map(({ name }) => name)])].sort(),
    },
  }
}

const starts = (stage: Stage | undefined, name: string): string | undefined => {
  const step = stage && [...lineageOf(stage)].findLast(({ instruction }) => instruction.name === name)
  const { json, argument } = step?.instruction ?? {}
  // Both forms start the same: what the shell form passes to a shell, the other has in words.
  return (
    step &&
    (json?.values.join(' ') ?? argument!.text)
      .replace(/["']/g, '')
      .replace(/^(?:(?:\/bin\/)?sh -c )?(?:exec )?/, '')
      .replace(/\s+/g, ' ')
  )
}

const lineageOf = (stage: Stage): Stage['steps'] =>
  stage.base.kind === 'stage' ? [...lineageOf(stage.base.stage), ...stage.steps] : stage.steps

const wordsOf = (stage: Stage | undefined, name: string): readonly string[] =>
  stage
    ? [
        ...new Set(
          lineageOf(stage)
            .filter(({ instruction }) => instruction.name === name)
            .flatMap(({ instruction }) => instruction.json?.values ?? instruction.words.map(({ raw }) => raw)),
        ),
      ].sort()
    : []

const variablesOf = (stage: Stage | undefined): ReadonlyMap<string, string> =>
  new Map(
    (stage ? lineageOf(stage) : [])
      .filter(({ instruction }) => instruction.name === 'ENV')
      .flatMap(({ instruction }) => instruction.pairs.map(({ key, value }) => [key, value?.raw ?? ''] as const)),
  )

const broken: string[] = []
const differences = new Map<string, number>()
const changeCounts = new Map<string, number>()
const leftCounts = new Map<string, number>()
let changed = 0
const totals = { rootBefore: 0, rootAfter: 0, milliseconds: 0, stages: 0 }

const rootEnd = ({ final }: Dockerfile): boolean =>
  !final?.end.user.value || (final.end.user.value.known && isRoot(final.end.user.value.value))

for (const path of files.filter(one => only === undefined || one.includes(only))) {
  const name = relative(dir, path)
  const breaks = (what: string): void => void broken.push(`${name}: ${what}`)
  const options = { path, level, excluded: new Set<string>(), transformations, rules, version: '1', config: 'none' as const }
  try {
    const start = performance.now()
    const done = await harden(machine, options)
    totals.milliseconds += performance.now() - start
    for (const { code, message } of done.problems) if (code === 'harden-broke') breaks(message)
    for (const { id } of done.changes) changeCounts.set(id, (changeCounts.get(id) ?? 0) + 1)
    for (const { id } of done.leftOut) leftCounts.set(id, (leftCounts.get(id) ?? 0) + 1)
    const before = readDockerfile(path, readFileSync(path))
    const text = done.files.find(file => file.path === path)?.after ?? before.tree.text
    const after = readDockerfile(path, text)
    if (done.files.length > 0) changed++
    if (rootEnd(before)) totals.rootBefore++
    if (rootEnd(after)) totals.rootAfter++
    if (after.tree.errors.length > before.tree.errors.length) breaks('it has more mistakes than before')
    if (!rootEnd(before) && rootEnd(after)) breaks('it runs as root now')
    const again = await harden(overlaid(done), options)
    for (const file of again.files)
      breaks(
        `hardening twice changes ${relative(dir, file.path)}:\n${showDiff(file.path, file.before ?? '', file.after, { colour: false })}`,
      )
    const ids = new Set(done.changes.map(({ id }) => id))
    const differs = (what: string, old: unknown, fresh: unknown, allowed: readonly string[]): void => {
      if (JSON.stringify(old) === JSON.stringify(fresh)) return
      differences.set(what, (differences.get(what) ?? 0) + 1)
      if (!allowed.some(id => ids.has(id))) breaks(`${what} was ${JSON.stringify(old)} and is ${JSON.stringify(fresh)}`)
    }
    for (const instruction of ['ENTRYPOINT', 'CMD'])
      differs(instruction, starts(before.final, instruction), starts(after.final, instruction), ['exec-form', 'ports', 'start'])
    for (const instruction of ['EXPOSE', 'VOLUME', 'STOPSIGNAL'])
      differs(instruction, wordsOf(before.final, instruction), wordsOf(after.final, instruction), [
        'ports',
        'dockerfile/expose-mapping',
        'dockerfile/expose-duplicate',
        'dockerfile/expose-proto-case',
        'dockerfile/stopsignal',
      ])
    differs('WORKDIR', before.final?.end.workdir.value?.path, after.final?.end.workdir.value?.path, [])
    const variables = variablesOf(after.final)
    for (const [key, value] of variablesOf(before.final))
      if (variables.get(key) !== value)
        differs(`ENV ${key}`, value, variables.get(key), [
          'dockerfile/secret-arg-env-name',
          'dockerfile/secret-value',
          'secret-env',
          'dockerfile/debian-frontend',
          'dockerfile/env-self',
          'dockerfile/legacy-kv',
          'ports',
          'base',
        ])
    if (flags.includes('--diff')) {
      console.log(`=== ${name}`)
      for (const file of done.files)
        console.log(
          showDiff(relative(dir, file.path), file.before ?? '', file.after, {
            colour: false,
            created: file.before === undefined,
          }),
        )
    }
    if (flags.includes('--left')) for (const { id, reason } of done.leftOut) console.log(`LEFT ${name}: ${id}: ${reason}`)
  } catch (error) {
    breaks(error instanceof Error ? (error.stack ?? error.message) : String(error))
  }
}

const table = (counts: ReadonlyMap<string, number>): string =>
  [...counts]
    .sort((a, b) => b[1] - a[1])
    .map(([id, count]) => `${id} ${count}`)
    .join(', ')
for (const line of broken) console.log(`BROKEN ${line}`)
console.log(
  `${files.length} Dockerfiles, ${changed} changed at level ${level}. As root: ${totals.rootBefore} before, ${totals.rootAfter} after. ` +
    `${Math.round(totals.milliseconds / Math.max(1, files.length))} ms each. ${broken.length} promises broken.`,
)
console.log(`Changes: ${table(changeCounts)}`)
console.log(`Left out: ${table(leftCounts)}`)
console.log(`Settings that differ: ${table(differences) || 'none'}`)
process.exit(broken.length === 0 ? 0 : 1)
