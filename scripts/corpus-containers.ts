/**
 * node scripts/corpus-containers.ts FOLDER…
 *
 * Copies the Compose files and Kubernetes manifests below the folders, repairs the copies with `--fix --unsafe`, and keeps the promises of the fixes to account: nothing
 * crashes, what another YAML library reads of a file (https://eemeli.org/yaml/, anchors resolved) differs only at intended fields, no comment is lost that
 * does not belong to something taken out, nothing new is wrong, and a second run changes nothing. Prints what was done; exit code 1 when a promise is broken.
 */
import { cpSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, extname, join, relative } from 'node:path'
import { type Change, check } from '../src/flows/check.ts'
import { containerRules } from '../src/judge/rules/container-registry.ts'
import { rules } from '../src/judge/rules/registry.ts'
import { version } from '../src/model/version.ts'
import { looksLikeCompose } from '../src/read/compose/recognise.ts'
import { looksLikeKubernetes } from '../src/read/kubernetes/looks-like-kubernetes.ts'
import { machine } from '../src/world/machine.ts'
import { documentsIn, unintended } from '../test/yaml-changes.ts'

const folders = process.argv.slice(2)
if (folders.length === 0) {
  console.error('usage: node scripts/corpus-containers.ts FOLDER…')
  process.exit(2)
}

/** Larger ones are no manifests that people write by hand, and take the other library long. */
const largest = 1_000_000
const wanted = new Set(['.yaml', '.yml', '.json', '.env', ''])
const copy = mkdtempSync(join(tmpdir(), 'corpus-'))
let files = 0
for (const [i, folder] of folders.entries()) {
  const walk = (path: string): void => {
    for (const entry of readdirSync(path, { withFileTypes: true })) {
      const from = join(path, entry.name)
      if (entry.isDirectory() && entry.name !== '.git') walk(from)
      else if (
        entry.isFile() &&
        (wanted.has(extname(entry.name)) || entry.name.endsWith('.env')) &&
        statSync(from).size < largest
      ) {
        cpSync(from, join(copy, String(i), relative(folder, from)))
        files++
      }
    }
  }
  walk(folder)
}

const broken: string[] = []
const all = { ...rules, ...containerRules }
const options = { paths: [copy], only: Object.keys(containerRules), config: 'none', shellcheck: 'off' } as const
const repaired = async (write: boolean) =>
  check(machine, all, version, {
    ...options,
    ...(write ? { fix: { allowed: new Set(['safe', 'unsafe'] as const), write } } : {}),
  })

const before = await repaired(false)
const outcome = await repaired(true)
const again = await repaired(true)

const failures = (problems: typeof before.report.problems): number => problems.filter(({ kind }) => kind === 'failed').length
for (const { code, message } of outcome.report.problems)
  if (/crashed|broke-syntax|fix-/.test(code)) broken.push(`${code}: ${message}`)
if (failures(outcome.report.problems) > failures(before.report.problems)) {
  const known = new Set(before.report.problems.map(({ message, at }) => message + (at?.in === 'file' ? at.path : '')))
  for (const { kind, code, message, at } of outcome.report.problems)
    if (kind === 'failed' && !known.has(message + (at?.in === 'file' ? at.path : '')))
      broken.push(`new problem ${code}: ${message} ${at?.in === 'file' ? at.path : ''}`)
}
for (const { path } of again.changes) broken.push(`${relative(copy, path)}: a second run changes it`)

const commentsIn = (text: string): readonly string[] => text.match(/^[ \t]*#.*$/gm) ?? []
const counts = { compose: 0, kubernetes: 0, created: 0, lost: 0, lines: 0 }
const judge = ({ path, before: old, after, created }: Change): void => {
  const name = relative(copy, path)
  if (created) {
    counts.created++
    if (documentsIn(after).errors.length > 0) broken.push(`${name}: the new file is no YAML`)
    return
  }
  // Files of CI are scripts in YAML.
  if (!looksLikeKubernetes(old) && !looksLikeCompose(path, old)) return
  counts[looksLikeKubernetes(old) ? 'kubernetes' : 'compose']++
  counts.lines += Math.abs(after.split('\n').length - old.split('\n').length)
  counts.lost += commentsIn(old).length - commentsIn(after).length
  if (documentsIn(after).errors.length > documentsIn(old).errors.length) broken.push(`${name}: ${documentsIn(after).errors[0]}`)
  for (const change of unintended(old, after))
    broken.push(
      `${name}: ${change.path}: ${JSON.stringify(change.before)?.slice(0, 200)} → ${JSON.stringify(change.after)?.slice(0, 200)}`,
    )
  if ((old.endsWith('\n') && !after.endsWith('\n')) || (!old.endsWith('\n') && after.endsWith('\n')))
    broken.push(`${name}: its end`)
  if (!old.includes('\r') && after.includes('\r')) broken.push(`${name}: its line ends`)
}
for (const change of outcome.changes) judge(change)

const judged = { compose: 0, kubernetes: 0 }
for (const { text, path } of before.report.files.values())
  if (/\.(?:ya?ml|json)$/.test(path)) judged[looksLikeKubernetes(text) ? 'kubernetes' : 'compose']++
const active = (findings: typeof before.report.findings) => findings.filter(({ suppressed }) => !suppressed)
const fixable = (findings: typeof before.report.findings) => active(findings).filter(({ fix }) => fix && fix.safety !== 'manual')
const byHand = active(outcome.report.findings).filter(
  ({ fix }) => fix?.safety === 'manual' && /: [^:]*$/.test(fix.title) && /by hand/.test(fix.title),
)
const reasons = new Map<string, number>()
for (const { fix } of byHand) {
  const reason = fix!.title.slice(fix!.title.lastIndexOf(': ') + 2).replace(/`[^`]*`/g, '`…`')
  reasons.set(reason, (reasons.get(reason) ?? 0) + 1)
}
console.log(`${files} files copied; judged: ${judged.compose} of Compose, ${judged.kubernetes} of Kubernetes`)
console.log(`findings: ${active(before.report.findings).length}, with edits: ${fixable(before.report.findings).length}`)
console.log(
  `fixes applied: ${outcome.report.applied.length}; files changed: ${counts.compose} of Compose, ${counts.kubernetes} of Kubernetes, ${counts.created} created`,
)
console.log(
  `findings left: ${active(outcome.report.findings).length}, with edits: ${fixable(outcome.report.findings).length}; comment lines that went with what they were about: ${counts.lost}`,
)
for (const [reason, count] of [...reasons].sort((a, b) => b[1] - a[1])) console.log(`  by hand, ${count}: ${reason}`)
for (const one of broken.slice(0, 60)) console.log(`BROKEN ${one}`)
console.log(broken.length === 0 ? 'no promise broken' : `${broken.length} promises broken`)
if (process.env.KEEP) console.log(dirname(join(copy, 'x')))
else rmSync(copy, { recursive: true })
process.exitCode = broken.length === 0 ? 0 : 1
