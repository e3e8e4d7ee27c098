/**
 * node scripts/corpus-rebase.ts DIR [--tag-only] [--by-hand]
 *
 * Gives every base image in every Dockerfile below DIR another tag and a digest, and keeps the promises of that to account: nothing crashes, the result
 * parses as before, doing it again changes nothing, no byte changes outside of references and of the ARGs before the first FROM, every base is then as
 * wanted and every other word as it was. Prints how much was done and how; exit code 1 when a promise is broken.
 */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { relative } from 'node:path'
import { rewriteFrom } from '../src/change/base/dockerfile.ts'
import { nameOf, type Wanted, writeReference } from '../src/change/base/wanted.ts'
import { applyEdits } from '../src/change/fix.ts'
import { decode, encode, type Span } from '../src/model/text.ts'
import type { Dockerfile } from '../src/read/dockerfile/graph.ts'
import { print } from '../src/read/dockerfile/print.ts'
import { readDockerfile } from '../src/read/dockerfile/read-dockerfile.ts'
import type { ImageReference } from '../src/read/dockerfile/reference.ts'
import { dockerfilesBelow } from './dockerfiles-below.ts'

const [dir, ...flags] = process.argv.slice(2)
if (dir === undefined) {
  console.error('usage: node scripts/corpus-rebase.ts DIR [--tag-only] [--by-hand]')
  process.exit(2)
}

const files = dockerfilesBelow(dir)

const isPinned = !flags.includes('--tag-only')
/** Another one for each repository, as it is in life: ARGs that several share do not always want the same. */
const partsFor = ({ familiar }: ImageReference): { readonly tag: string; readonly digest?: string } => {
  const tag = `99.${familiar.length}.2-rebased`
  return isPinned ? { tag, digest: `sha256:${createHash('sha256').update(familiar).digest('hex')}` } : { tag }
}
const wanted: Wanted = reference => ({ name: reference.familiar, ...partsFor(reference) })

const broken: string[] = []
const counts = { bases: 0, here: 0, argument: 0, 'spelled-out': 0, asWanted: 0, byHand: 0, unknown: 0, changed: 0 }
const left: string[] = []

/** The text with every reference, and every value of an ARG before the first FROM, taken out. */
const masked = ({ tree, stages, preamble }: Dockerfile): string => {
  const spans: Span[] = [
    ...stages.flatMap(({ uses }) => uses.map(({ span }) => span)),
    ...preamble.flatMap(({ instruction }) => instruction.pairs.flatMap(({ value }) => (value ? [value.span] : []))),
  ]
  return applyEdits(
    tree.text,
    spans.sort((a, b) => a.start - b.start).map(span => ({ path: '', span, text: '\u0000' })),
  )
}

for (const path of files) {
  const breaks = (what: string): void => void broken.push(`${relative(dir, path)}: ${what}`)
  const bytes = readFileSync(path)
  try {
    const before = readDockerfile(path, bytes)
    const { edits, changes, problems } = rewriteFrom(before, wanted)
    const text = applyEdits(before.tree.text, edits)
    const after = readDockerfile(path, encode({ text, encoding: decode(bytes).encoding }))
    if (print(after.tree) !== text) breaks('it does not print as it was written')
    if (after.tree.errors.length !== before.tree.errors.length) breaks('it has other mistakes than before')
    if (masked(after) !== masked(before)) breaks('bytes outside of references changed')
    const again = rewriteFrom(after, wanted)
    if (again.edits.length > 0) breaks('doing it again changes something')
    const hands = new Set(
      problems.flatMap(({ code, at }) => (code === 'base-by-hand' && at?.in === 'file' ? [at.span.start] : [])),
    )
    const uses = before.stages.flatMap(stage => stage.uses)
    const now = after.stages.flatMap(stage => stage.uses)
    if (uses.length !== now.length) breaks('other uses than before')
    for (const [i, use] of uses.entries()) {
      const other = now[i]!.target
      if (use.target.kind !== other.kind) breaks(`${use.target.kind} became ${other.kind}`)
      else if (use.target.kind === 'image' && other.kind === 'image') {
        counts.bases++
        const { value } = use.target.text
        const expected = writeReference({ name: nameOf(value, use.target.reference), ...partsFor(use.target.reference) })
        const isForeign = use.step.onbuild && !/[/:@]/.test(value)
        if (other.text.value === expected) counts.asWanted++
        else if (other.text.value !== value) breaks(`${value} became ${other.text.value}`)
        else if (!hands.has(use.span.start) && !isForeign) breaks(`${value} stayed, and nobody was told`)
      } else if (use.target.kind === 'unknown' && other.kind === 'unknown' && use.target.text.value !== other.text.value)
        breaks(`${use.target.text.value} became ${other.text.value}`)
    }
    for (const { how } of changes) counts[how]++
    for (const { code, message } of problems) {
      if (code === 'base-by-hand') counts.byHand++
      else counts.unknown++
      left.push(`${relative(dir, path)}: ${message}`)
    }
    if (edits.length > 0) counts.changed++
  } catch (error) {
    breaks(error instanceof Error ? (error.stack ?? error.message) : String(error))
  }
}

if (flags.includes('--by-hand')) for (const line of left) console.log(line)
for (const line of broken) console.log(`BROKEN ${line}`)
console.log(
  `${files.length} Dockerfiles, ${counts.changed} changed. ${counts.bases} images named: ${counts.asWanted} as wanted afterwards ` +
    `(${counts.here} changed in their place, ${counts.argument} in an ARG or default, ${counts['spelled-out']} spelled out), ` +
    `${counts.byHand} left to a person. ${counts.unknown} bases are unknown. ${broken.length} promises broken.`,
)
process.exit(broken.length === 0 ? 0 : 1)
