/**
 * node scripts/corpus.ts DIR [--all] [--sample N [--seed S]]
 *
 * Judges every file below DIR (taken as Dockerfiles) and keeps the promises of the fixes to account: nothing crashes, printing gives the
 * bytes back, and for `safe`, then `safe` and `unsafe` fixes: the result parses, fixing again changes nothing, the fixed findings are gone,
 * and no finding came that was not there before. Prints what fired; exit code 1 when a promise is broken.
 */
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join, relative } from 'node:path'
import { applyEdits, planFixes } from '../src/change/fix.ts'
import type { DockerfileFacts, DockerfileRule } from '../src/judge/dockerfile-rule.ts'
import { rules } from '../src/judge/rules/registry.ts'
import { judgeDockerfile, type RunningRule } from '../src/judge/run.ts'
import type { Finding, Safety } from '../src/model/finding.ts'
import { decode, encode, positionAt } from '../src/model/text.ts'
import { parse } from '../src/read/dockerfile/parse.ts'
import { print } from '../src/read/dockerfile/print.ts'
import { readDockerfile } from '../src/read/dockerfile/read-dockerfile.ts'

const [dir, ...flags] = process.argv.slice(2)
if (dir === undefined) {
  console.error('usage: node scripts/corpus.ts DIR [--all] [--sample N [--seed S]]')
  process.exit(2)
}
const option = (name: string): string | undefined => (flags.includes(name) ? flags[flags.indexOf(name) + 1] : undefined)

const running = new Map<string, RunningRule>()
for (const [id, rule] of Object.entries(rules as Readonly<Record<string, DockerfileRule<unknown>>>)) {
  if (rule.on !== 'dockerfile' || (rule.profile === 'all' && !flags.includes('--all'))) continue
  const defaults = rule.options?.['~standard'].validate({})
  if (defaults instanceof Promise || defaults?.issues) throw new Error(`${id} has no default options`)
  running.set(id, { rule, options: defaults?.value, severity: undefined })
}
const facts: DockerfileFacts = { context: undefined, today: new Date().toISOString().slice(0, 10), allowedRegistries: undefined }

const files: string[] = []
const walk = (folder: string): void => {
  for (const entry of readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) walk(path)
    else if (entry.isFile() && statSync(path).size < 8e6 && !/\.(?:tsv|dockerignore|json|md)$/i.test(entry.name)) files.push(path)
  }
}
walk(dir)

const broken: string[] = []
const breaks = (path: string, what: string): void => void broken.push(`${relative(dir, path)}: ${what}`)
const fired = new Map<string, { findings: number; files: number; safe: number; unsafe: number; manual: number }>()
const kept: { path: string; line: number; finding: Finding; source: string }[] = []
const judge = async (path: string, text: string): Promise<readonly Finding[]> => {
  const { findings, problems } = await judgeDockerfile(readDockerfile(path, text), running, facts)
  for (const problem of problems) breaks(path, problem.message)
  return findings
}
const tally = (findings: readonly Finding[]): Map<string, number> => {
  const counts = new Map<string, number>()
  for (const { rule } of findings) counts.set(rule, (counts.get(rule) ?? 0) + 1)
  return counts
}
const promise = { safe: { files: 0, fixes: 0 }, unsafe: { files: 0, fixes: 0 } }

const keepPromise = async (path: string, text: string, before: readonly Finding[], level: 'safe' | 'unsafe'): Promise<void> => {
  const allowed = new Set<Safety>(level === 'safe' ? ['safe'] : ['safe', 'unsafe'])
  let current = text
  let findings = before
  let fixes = 0
  for (let pass = 0; ; pass++) {
    const plan = planFixes(findings, allowed)
    if (plan.taken.length === 0) break
    if (pass === 10) {
      breaks(path, `${level}: the fixes never come to rest (${plan.taken.map(({ rule }) => rule).join(', ')})`)
      break
    }
    const next = applyEdits(current, plan.edits.get(path) ?? [])
    const after = await judge(path, next)
    const [old, now] = [tally(findings), tally(after)]
    const taken = tally(plan.taken)
    for (const [rule, count] of now)
      if (count > (old.get(rule) ?? 0)) breaks(path, `${level}: new finding ${rule} after ${[...taken.keys()].join(', ')}`)
    for (const [rule, count] of taken) {
      if (next !== current && (now.get(rule) ?? 0) > (old.get(rule) ?? 0) - count)
        breaks(path, `${level}: ${rule} is still there after its fix`)
    }
    if (parse(next).errors.length > parse(current).errors.length)
      breaks(path, `${level}: the result does not parse (${[...taken.keys()].join(', ')})`)
    fixes += plan.taken.length
    if (next === current) break
    current = next
    findings = after
  }
  promise[level].fixes += fixes
  if (fixes > 0) promise[level].files++
}

const started = performance.now()
let instructions = 0
for (const path of files) {
  const bytes = readFileSync(path)
  try {
    const decoded = decode(bytes)
    const tree = parse(bytes)
    if (!bytes.equals(encode({ text: print(tree), encoding: decoded.encoding })))
      breaks(path, 'printing does not give the bytes back')
    instructions += tree.instructions.length
    const findings = await judge(path, decoded.text)
    for (const [rule, count] of tally(findings)) {
      const row = fired.get(rule) ?? { findings: 0, files: 0, safe: 0, unsafe: 0, manual: 0 }
      row.findings += count
      row.files++
      fired.set(rule, row)
    }
    for (const finding of findings) {
      if (finding.fix) fired.get(finding.rule)![finding.fix.safety]++
      const [at] = finding.at
      if (at.in !== 'file') continue
      kept.push({
        path,
        line: positionAt(tree.lines, at.span.start).line,
        finding,
        source: decoded.text.slice(at.span.start, at.span.end),
      })
    }
    await keepPromise(path, decoded.text, findings, 'safe')
    await keepPromise(path, decoded.text, findings, 'unsafe')
  } catch (cause) {
    breaks(path, `crashed: ${cause instanceof Error ? cause.stack : String(cause)}`)
  }
}

console.log(
  `${files.length} files, ${instructions} instructions, ${kept.length} findings, ${running.size} rules, ${Math.round(performance.now() - started)} ms with all fixes`,
)
console.log(
  `fix promise: safe ${promise.safe.fixes} fixes in ${promise.safe.files} files; safe and unsafe ${promise.unsafe.fixes} in ${promise.unsafe.files}; broken ${broken.length}`,
)
console.log(`\n${'rule'.padEnd(38)} findings  files   safe unsafe manual`)
for (const [rule, row] of [...fired].sort((a, b) => b[1].findings - a[1].findings)) {
  console.log(
    `${rule.padEnd(38)} ${[row.findings, row.files, row.safe, row.unsafe, row.manual].map(n => String(n).padStart(6)).join(' ')}`,
  )
}
const sample = Number(option('--sample') ?? 0)
if (sample > 0) {
  // A small linear congruential generator (Numerical Recipes): the same seed picks the same findings.
  let state = Number(option('--seed') ?? 1) >>> 0
  const random = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
  console.log(`\n${sample} findings picked at random:`)
  for (let i = 0; i < sample && kept.length > 0; i++) {
    const [one] = kept.splice(Math.floor(random() * kept.length), 1)
    const { path, line, finding, source } = one!
    console.log(
      `\n${i + 1}. ${relative(dir, path)}:${line} ${finding.severity} ${finding.rule}\n   ${finding.message}\n   | ${source.split('\n').slice(0, 4).join('\n   | ')}`,
    )
  }
}
for (const line of broken.slice(0, 200)) console.error(`BROKEN ${line}`)
process.exitCode = broken.length > 0 ? 1 : 0
