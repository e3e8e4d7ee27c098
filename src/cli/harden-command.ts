/** `bulkhead harden` and `bulkhead init`: arguments → flow → diff or changed files, what was done and why, and the proof. */
import { join } from 'node:path'
import type { ImageFacts } from '../change/harden/transformation.ts'
import { transformations } from '../change/harden/transformations/registry.ts'
import { harden } from '../flows/harden.ts'
import type { MakeHardening } from '../flows/prove.ts'
import { rules } from '../judge/rules/registry.ts'
import { hideSecrets, secretsOf, secretsOfFile } from '../judge/secrets/redact-file.ts'
import { UsageError } from '../model/finding.ts'
import type { HardenChange, Hardening, HardenLevel } from '../model/hardening.ts'
import type { Proof } from '../model/proof.ts'
import { decode, encode } from '../model/text.ts'
import { version } from '../model/version.ts'
import { WorldError } from '../model/world.ts'
import { readDockerfile } from '../read/dockerfile/read-dockerfile.ts'
import { showDiff, showSafeDiffs } from '../show/diff.ts'
import { forTerminal } from '../show/escape.ts'
import { machine } from '../world/machine.ts'
import type { ProveArguments } from './prove-command.ts'
import { print, tell, terminalWidth, wantsColour } from './terminal.ts'

export type HardenArguments = ProveArguments & {
  readonly level: HardenLevel
  readonly write?: boolean
  readonly diff?: boolean
  readonly json?: boolean
  readonly review?: boolean
  readonly prove?: boolean
  readonly pin?: boolean
  /** False: reasons are not shown. */
  readonly reasons: boolean
  readonly exclude?: readonly string[]
  readonly context?: string
  readonly config?: string | false
  readonly inlineIgnores: boolean
}

/** 0: done, or nothing to do. 1: the proof did not succeed. 2: something could not be read or written. */
export const runHarden = async (path: string, args: HardenArguments): Promise<number> => {
  if (args.write && args.diff) throw new UsageError('--diff shows what --write would do', 'leave one of them out')
  if (args.review && !(process.stdin.isTTY && process.stderr.isTTY))
    throw new UsageError('--review asks on a terminal, and there is none')
  if (args.review && args.json) throw new UsageError('--review is for people, and --json for programs', 'leave one of them out')
  const isFolder = (await machine.files.stat(path))?.type === 'directory'
  return hardenFile(isFolder ? join(path, 'Dockerfile') : path, undefined, args)
}

/** Files that are not there yet: the text of the Dockerfile, and of those beside it by path. */
export type FirstFiles = { readonly text: string; readonly fresh: ReadonlyMap<string, string> }

export const hardenFile = async (path: string, first: FirstFiles | undefined, args: HardenArguments): Promise<number> => {
  const unknown = (args.exclude ?? []).filter(id => !(id in transformations) && !(id in rules))
  if (unknown.length > 0)
    throw new UsageError(
      `--exclude ${unknown.join(',')}: no such change`,
      `there are ${Object.keys(transformations).join(', ')}, and the rules with fixes`,
    )
  const make: MakeHardening = (excluded, learnt, missing, seen) =>
    harden(machine, {
      path,
      ...first,
      level: args.level,
      excluded,
      learnt,
      missing,
      ...(seen === undefined ? {} : { seen }),
      transformations,
      rules,
      version,
      inlineIgnores: args.inlineIgnores,
      ...(args.context === undefined ? {} : { context: args.context }),
      ...(typeof args.config === 'string'
        ? { config: { file: args.config } }
        : args.config === false
          ? { config: 'none' as const }
          : {}),
      ...(args.pin ? { images: askRegistry } : {}),
    })
  let excluded: ReadonlySet<string> = new Set(args.exclude ?? [])
  let hardening = await make(excluded, [], new Set())
  if (args.review) {
    excluded = await review(hardening, excluded, make, args)
    hardening = await make(excluded, [], new Set())
  }
  let proof: Proof | undefined
  if (args.prove) {
    const { proveHardening } = await import('./prove-command.ts')
    ;({ proof, hardening } = await proveHardening(hardening, excluded, make, args, first?.text))
  }
  const { diffs, isHiding } = diffsOf(hardening, args.json || args.write ? 'never' : args.color)
  // What is written with a proof is what was proved.
  const isWritten = args.write === true && (proof === undefined || proof.isProved)
  const unwritten = isWritten ? await writeFiles(hardening) : []
  if (args.json) await print((await import('../show/harden-json.ts')).showHardenJson(hardening, diffs, proof))
  else if (!args.write) await print(diffs.join(''))
  if (!args.quiet && !args.json) {
    const { showHardenText } = await import('../show/harden-text.ts')
    const width = terminalWidth()
    const shown = { colour: wantsErrorColour(args.color), ...(width === undefined ? {} : { width }) }
    process.stderr.write(
      showHardenText(hardening, { ...shown, written: isWritten, reasons: args.reasons, isProved: proof !== undefined }),
    )
    if (proof) {
      const { showProofText } = await import('../show/proof-text.ts')
      process.stderr.write(`\n${showProofText(proof, { ...shown, title: titleOf })}`)
    }
    if (isHiding && !args.write) tell('secrets are hidden in this diff, so it cannot be applied; --write changes the files')
  }
  if (args.write && !isWritten)
    tell(
      'bulkhead: not done[not-proved] nothing was written, because it was not proved; --write without --prove writes it all the same',
    )
  for (const { kind, code, message } of hardening.problems)
    tell(`bulkhead: ${kind === 'failed' ? 'not done' : 'not covered'}[${code}] ${message}`)
  for (const message of unwritten) tell(`bulkhead: not done[file-unwritable] ${message}`)
  if (unwritten.length > 0 || hardening.problems.some(({ kind }) => kind === 'failed' || args.strict)) return 2
  return proof && !proof.isProved ? 1 : 0
}

const titleOf = (id: string): string => transformations[id]?.title ?? rules[id]?.summary ?? id

const wantsErrorColour = (color: HardenArguments['color']): boolean =>
  color === 'auto' ? process.stderr.isTTY === true && wantsColour('auto') : wantsColour(color)

/** Whether a registry has a name, and under which digest. */
const askRegistry = async (names: readonly string[]): Promise<ReadonlyMap<string, ImageFacts>> => {
  const { registryDigest } = await import('./registry-digest.ts')
  const facts = new Map<string, ImageFacts>()
  for (const name of names) {
    try {
      const digest = await registryDigest(name)
      facts.set(name, { digest, exists: digest !== undefined })
    } catch (error) {
      if (!(error instanceof UsageError)) throw error
      tell(`bulkhead: not covered[digest-unknown] ${error.message}`)
    }
  }
  return facts
}

const diffsOf = (hardening: Hardening, color: HardenArguments['color']): ReturnType<typeof showSafeDiffs> => {
  const hide = hiding(hardening)
  const changes = hardening.files.map(({ path, before, after }) => ({
    path,
    before: before ?? '',
    after,
    created: before === undefined,
  }))
  return showSafeDiffs(changes, wantsColour(color), diff => hide(diff))
}

/** Hides what is secret in any of the files, as they were, and `more`. */
export const hiding = ({ files, path }: Hardening, more: readonly string[] = []): ((text: string) => string) => {
  const secrets = new Set([
    ...more,
    ...files.flatMap(({ path: file, before, after }) => {
      const text = before ?? after
      return (file === path ? secretsOf(readDockerfile(file, text), []) : secretsOfFile(text, [])).values
    }),
  ])
  const all = [...secrets].sort((a, b) => b.length - a.length)
  return text => hideSecrets(text, all)
}

const byteOrderMark = '\ufeff'

const writeFiles = async ({ files }: Hardening): Promise<readonly string[]> => {
  const unwritten: string[] = []
  for (const { path, before, after } of files) {
    try {
      // Questions and proofs take their time: what the author wrote meanwhile stays.
      const old = before === undefined ? undefined : decode(await machine.files.read(path))
      // Some readers take the mark of UTF-8 away.
      const mark = old?.text.startsWith(byteOrderMark) && !before!.startsWith(byteOrderMark) ? byteOrderMark : ''
      if (old ? old.text !== mark + before : await machine.files.stat(path)) {
        unwritten.push(`${path} was changed meanwhile: run it again`)
        continue
      }
      // What is no UTF-8 is written as it was read.
      await machine.files.write(path, encode({ text: mark + after, encoding: old?.encoding ?? 'utf-8' }))
    } catch (error) {
      if (!(error instanceof WorldError)) throw error
      unwritten.push(error.message)
    }
  }
  return unwritten
}

/** Each change is shown with what it does to the files, and taken or not. */
const review = async (
  hardening: Hardening,
  start: ReadonlySet<string>,
  make: MakeHardening,
  args: Pick<HardenArguments, 'color'>,
): Promise<ReadonlySet<string>> => {
  const { createInterface } = await import('node:readline/promises')
  const lines = createInterface({ input: process.stdin, output: process.stderr })
  // What was typed ahead is not lost, and the end of the input ends the questions.
  const answers = lines[Symbol.asyncIterator]()
  const refused = new Set(start)
  const taken = new Set<string>()
  let isInterrupted = false
  lines.on('SIGINT', () => {
    isInterrupted = true
    lines.close()
  })
  try {
    const asked = new Set<string>()
    let all = hardening
    for (;;) {
      const change = all.changes.find(({ id }) => !asked.has(id))
      if (!change) return refused
      asked.add(change.id)
      const without = await make(new Set([...refused, change.id]), [], new Set())
      process.stderr.write(`\n${effectText(change, without, all, args.color)}\n`)
      process.stderr.write('Take it? [Y/n/q] ')
      const typed = await answers.next()
      if (isInterrupted) throw new UsageError('interrupted: nothing was changed')
      const answer = typed.done ? 'q' : typed.value.trim().toLowerCase()
      if (answer === 'q') {
        // Without these there may be others to make: nothing is done that was not asked.
        for (;;) {
          const unwanted = all.changes.filter(({ id }) => !taken.has(id) && !refused.has(id))
          if (unwanted.length === 0) return refused
          for (const { id } of unwanted) refused.add(id)
          all = await make(refused, [], new Set())
        }
      }
      if (!answer.startsWith('n')) {
        taken.add(change.id)
        continue
      }
      refused.add(change.id)
      all = without
    }
  } finally {
    lines.close()
  }
}

const effectText = (change: HardenChange, without: Hardening, all: Hardening, color: HardenArguments['color']): string => {
  const hide = hiding(all)
  const textIn = (of: Hardening, path: string): string =>
    of.files.find(file => file.path === path)?.after ?? all.files.find(file => file.path === path)?.before ?? ''
  const diffs = all.files.map(({ path }) =>
    hide(showDiff(path, textIn(without, path), textIn(all, path), { colour: wantsErrorColour(color) })),
  )
  return [
    `${forTerminal(change.title)} (${forTerminal(change.id)})`,
    forTerminal(change.why),
    ...(change.risk === undefined ? [] : [`! ${forTerminal(change.risk)}`]),
    ...change.check.map(text => `→ ${forTerminal(text)}`),
    diffs.join(''),
  ].join('\n')
}
