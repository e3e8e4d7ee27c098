/** Other base images for a Dockerfile: FROM, COPY --from, RUN --mount=from, and the ARGs that give their names and tags. */
import type { Problem } from '../../model/finding.ts'
import type { Dockerfile, Use as GraphUse } from '../../read/dockerfile/graph.ts'
import { parse } from '../../read/dockerfile/parse.ts'
import { buildGraph, expandWord } from '../../read/dockerfile/read-dockerfile.ts'
import type { Word } from '../../read/dockerfile/syntax.ts'
import { applyEdits } from '../fix.ts'
import { DockerfilePieces } from './dockerfile-pieces.ts'
import { type Planned, planUses, type Use } from './plan.ts'
import { levels } from './solve.ts'
import { type BaseChange, byHand, type Place, type Rewritten, unknownBase, type Wanted, wantedText } from './wanted.ts'

type Candidate = { readonly use: GraphUse; readonly place: Place; readonly before: string; readonly plan: Use }

/** How often a result that is not as wanted is tried again in another way. */
const maxTries = 8

/** What was rewritten is read again: every base is then as wanted, and every other as it was, or nothing of it is done. */
export const rewriteFrom = (dockerfile: Dockerfile, wanted: Wanted): Rewritten => {
  const problems: Problem[] = []
  const pieces = new DockerfilePieces(dockerfile)
  const candidates = usesOf(dockerfile).map(use => candidateOf(dockerfile, use, pieces, wanted, problems))
  const asked = candidates.filter(({ plan }) => plan.after !== undefined)
  if (asked.length === 0) return { edits: [], changes: [], problems }
  const start = candidates.map(() => 0)
  let planned: Planned | undefined
  for (let attempt = 0; ; attempt++) {
    planned = planUses(
      candidates.map(({ plan }) => plan),
      start,
      'word',
    )
    const wrong = failures(dockerfile, candidates, planned)
    if (wrong === 'none') break
    if (attempt === maxTries) {
      planned = undefined
      break
    }
    for (const [i, { plan }] of candidates.entries()) {
      const reached = levels.indexOf(planned.levels[i]!)
      // What went wrong may be the fault of a change in an argument.
      const isAtFault = wrong === 'all' || wrong.has(i) || planned.solutions[i]?.splices.some(({ isShared }) => isShared)
      if (plan.after !== undefined && planned.solutions[i] && isAtFault) start[i] = reached + 1
    }
  }
  const changes: BaseChange[] = []
  for (const [i, { place, before, plan }] of candidates.entries()) {
    if (plan.after === undefined) continue
    const solution = planned?.solutions[i]
    if (!solution)
      problems.push(byHand(place, `\`${before}\` is to become \`${plan.after}\`, and no exact edit does it: change it by hand`))
    else
      changes.push({
        ...place,
        before,
        after: plan.after,
        how: solution.isSpelledOut ? 'spelled-out' : solution.splices.some(({ isShared }) => isShared) ? 'argument' : 'here',
      })
  }
  return { edits: planned?.edits ?? [], changes, problems }
}

const usesOf = ({ stages }: Dockerfile): readonly GraphUse[] => stages.flatMap(({ uses }) => uses)

/** As it is written, quotes and all. */
const wordOf = ({ how, span, step }: GraphUse, text: string): Word =>
  (how === 'from' ? step.stage?.baseWord : undefined) ?? { raw: text.slice(span.start, span.end), span }

const candidateOf = (
  dockerfile: Dockerfile,
  use: GraphUse,
  pieces: DockerfilePieces,
  wanted: Wanted,
  problems: Problem[],
): Candidate => {
  const { target, span, how, step } = use
  const place: Place = { path: dockerfile.path, span, in: how }
  const before = valueIn(use)
  const word = wordOf(use, dockerfile.tree.text)
  const path = dockerfile.path
  const plan = {
    path,
    word: span,
    pieces: pieces.of(word, step.before.variables, expandWord(word, step.before.variables, dockerfile.tree.escape).value),
  }
  if (target.kind === 'unknown' && !/^\d+$/.test(before) && !choosesStage(dockerfile, word.raw))
    problems.push(unknownBase(place, whyUnknown(target.text.known, word.raw)))
  if (target.kind !== 'image') return { use, place, before, plan: { ...plan, after: undefined } }
  // The stages that such a name may mean are those of another file.
  const isForeign = step.onbuild && !/[/:@]/.test(before)
  const after = isForeign ? undefined : wantedText(before, target.reference, wanted(target.reference, place))
  return { use, place, before, plan: { ...plan, after } }
}

/** What a use expands to; a stage by its word. */
const valueIn = ({ target, span, step }: GraphUse): string => {
  if (target.kind === 'image' || target.kind === 'unknown') return target.text.value
  return target.kind === 'scratch' ? 'scratch' : `${target.stage.index} ${span.end - span.start} ${step.onbuild}`
}

/** `FROM build-${TARGETARCH}` where a stage is called `build-arm64`. */
const choosesStage = ({ stages }: Dockerfile, raw: string): boolean => {
  const known = raw.slice(0, raw.indexOf('$')).toLowerCase()
  return known.length > 1 && stages.some(({ name }) => name?.startsWith(known))
}

const whyUnknown = (isKnown: boolean, raw: string): string =>
  isKnown
    ? `\`${raw}\` is no reference to an image`
    : `which image \`${raw}\` is depends on a variable that has no value in this file`

/** The uses that are not as they shall be once the edits are done; `all` when that cannot be told one by one. */
const failures = (
  dockerfile: Dockerfile,
  candidates: readonly Candidate[],
  { edits, solutions }: Planned,
): 'none' | 'all' | ReadonlySet<number> => {
  const { tree, path } = dockerfile
  let text: string
  try {
    text = applyEdits(tree.text, edits)
  } catch (error) {
    if (error instanceof RangeError) return 'all'
    throw error
  }
  const again = buildGraph(path, parse(text))
  const uses = usesOf(again)
  if (uses.length !== candidates.length || again.tree.errors.length !== tree.errors.length) return 'all'
  if (again.tree.instructions.length !== tree.instructions.length) return 'all'
  const wrong = new Set<number>()
  for (const [i, { use, before, plan }] of candidates.entries()) {
    const now = uses[i]!
    const isSameKind = now.target.kind === use.target.kind && now.how === use.how
    if (use.target.kind === 'stage') {
      if (now.target.kind !== 'stage' || now.target.stage.index !== use.target.stage.index) wrong.add(i)
    } else if (!isSameKind || valueIn(now) !== (solutions[i] ? plan.after : before)) wrong.add(i)
  }
  return wrong.size === 0 ? 'none' : wrong
}
