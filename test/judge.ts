/** Judges one text with one rule: what rule tests start from. */
import { applyEdits, planFixes } from '../src/change/fix.ts'
import type { DockerfileFacts, DockerfileRule } from '../src/judge/dockerfile-rule.ts'
import { rules } from '../src/judge/rules/registry.ts'
import { judgeDockerfile, type RunningRule } from '../src/judge/run.ts'
import type { Finding, Safety } from '../src/model/finding.ts'
import { readDockerfile } from '../src/read/dockerfile/read-dockerfile.ts'

export type Sample = {
  readonly path?: string
  /** The other files of the build context. Absent: the context is unknown, as for standard input. */
  readonly files?: Readonly<Record<string, string>>
  readonly options?: Readonly<Record<string, unknown>>
  readonly today?: string
  readonly allowedRegistries?: readonly string[]
}

const path = 'Dockerfile'

const factsOf = (sample: Sample): DockerfileFacts => {
  const ignore = sample.files?.['.dockerignore']
  return {
    today: sample.today ?? '2026-11-24',
    allowedRegistries: sample.allowedRegistries,
    context: sample.files && {
      path: '',
      isSeen: true,
      entries: new Set(Object.keys(sample.files).map(name => (name.includes('/') ? `${name.split('/')[0]}/` : name))),
      ignore: ignore === undefined ? undefined : { path: '.dockerignore', text: ignore },
    },
  }
}

/** A rule with its options validated, defaults filled in. Throws when the options do not fit. */
export const runningRule = (id: string, options: Readonly<Record<string, unknown>> = {}): RunningRule => {
  const rule = (rules as Readonly<Record<string, DockerfileRule<unknown>>>)[id]
  if (!rule) throw new Error(`no rule ${id} in the registry: run scripts/generate.ts`)
  if (!rule.options) return { rule, options: undefined, severity: undefined }
  const result = rule.options['~standard'].validate(options)
  if (result instanceof Promise || result.issues) throw new Error(`bad options for ${id}: ${JSON.stringify(options)}`)
  return { rule, options: result.value, severity: undefined }
}

/** Findings of the given rules (one id or several) in a text. A rule that throws fails the test. */
export const judge = async (
  ids: string | readonly string[],
  text: string | Uint8Array,
  sample: Sample = {},
): Promise<readonly Finding[]> => {
  const running = new Map([ids].flat().map(id => [id, runningRule(id, sample.options)]))
  const { findings, problems } = await judgeDockerfile(readDockerfile(sample.path ?? path, text), running, factsOf(sample))
  for (const problem of problems) throw new Error(problem.message, { cause: problem.cause })
  return findings
}

/** The text after the rules' fixes, repeated until nothing changes (at most 10 times). Edits of other files are left out. */
export const fixed = async (
  ids: string | readonly string[],
  text: string,
  sample: Sample = {},
  allowed: readonly Safety[] = ['safe', 'unsafe'],
): Promise<string> => {
  let current = text
  for (let pass = 0; pass < 10; pass++) {
    const plan = planFixes(await judge(ids, current, sample), new Set(allowed))
    const next = applyEdits(current, plan.edits.get(sample.path ?? path) ?? [])
    if (next === current) return current
    current = next
  }
  throw new Error('the fixes never come to rest')
}
