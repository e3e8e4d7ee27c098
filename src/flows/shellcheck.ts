/**
 * ShellCheck (https://www.shellcheck.net), when it is on PATH: the scripts of many Dockerfiles in few runs, its comments as findings at
 * their places in the Dockerfiles.
 */
import type { Finding, Problem, Severity } from '../model/finding.ts'
import { shortHash } from '../model/key.ts'
import type { RuleInfo } from '../model/report.ts'
import { lineStarts } from '../model/text.ts'
import type { World } from '../model/world.ts'
import type { Dockerfile } from '../read/dockerfile/graph.ts'
import type { Script } from '../read/shell/script.ts'

/**
 * Not for scripts inside Dockerfiles: 1090 and 1091 (files that are sourced are not here), 2148 (no shebang), 2187 (dash read as ash), 2164 in
 * its own right is fine. 3037 and others about `echo -e` stay.
 */
const excluded = '1090,1091,2148,2187'
const scriptsPerRun = 400

export type ShellcheckResult = {
  /** By the path of the Dockerfile. */
  readonly findings: ReadonlyMap<string, readonly Finding[]>
  readonly problems: readonly Problem[]
  readonly rules: readonly RuleInfo[]
}

type Job = {
  readonly dockerfile: Dockerfile
  readonly script: Script
  readonly text: string
  readonly skipped: number
  readonly shell: string
}

/** `program` is the path of shellcheck. A run that fails is a Problem; the other findings stay. */
export const shellcheck = async (
  world: World,
  program: string,
  dockerfiles: readonly Dockerfile[],
): Promise<ShellcheckResult> => {
  const jobs = dockerfiles.flatMap(jobsOf)
  const findings = new Map<string, Finding[]>()
  const problems: Problem[] = []
  const codes = new Map<string, Severity>()
  if (jobs.length === 0) return { findings, problems, rules: [] }
  await world.files.temporary(async folder => {
    const name = (index: number): string => `${folder}/${index}.sh`
    const encoder = new TextEncoder()
    for (const [index, job] of jobs.entries()) await world.files.write(name(index), encoder.encode(job.text))
    const batches: number[][] = []
    for (const shell of new Set(jobs.map(job => job.shell))) {
      const indices = jobs.flatMap((job, index) => (job.shell === shell ? [index] : []))
      for (let at = 0; at < indices.length; at += scriptsPerRun) batches.push(indices.slice(at, at + scriptsPerRun))
    }
    const work = async (): Promise<void> => {
      for (let batch = batches.pop(); batch; batch = batches.pop()) {
        try {
          const shell = jobs[batch[0]!]!.shell
          const args = ['--format=json1', `--shell=${shell}`, `--exclude=${excluded}`, '--norc', ...batch.map(name)]
          const { code, stdout, stderr } = await world.processes.run(program, args, { timeout: 300_000 })
          // 0: nothing found; 1: something found. Others mean that it did not do its work.
          if (code !== 0 && code !== 1)
            throw new Error(new TextDecoder().decode(stderr).trim().slice(0, 300) || `exit code ${code}`)
          for (const comment of readComments(new TextDecoder().decode(stdout))) {
            const index = Number(/(\d+)\.sh$/.exec(comment.file)?.[1])
            const job = jobs[index]
            const finding = job && toFinding(job, comment)
            if (!finding) continue
            codes.set(finding.rule, finding.severity)
            const own = findings.get(job.dockerfile.path)
            if (own) own.push(finding)
            else findings.set(job.dockerfile.path, [finding])
          }
        } catch (cause) {
          problems.push({
            kind: 'failed',
            code: 'shellcheck-failed',
            message: `shellcheck failed on ${batch.length} scripts: ${cause instanceof Error ? cause.message : String(cause)}; --no-shellcheck goes on without it`,
            cause,
          })
        }
      }
    }
    await Promise.all([work(), work()])
  })
  for (const list of findings.values()) distinguish(list)
  return { findings, problems, rules: [...codes].map(([id, severity]) => ruleInfo(id, severity)) }
}

const jobsOf = (dockerfile: Dockerfile): readonly Job[] =>
  dockerfile.steps.flatMap(step => {
    if (step.instruction.name !== 'RUN' || step.instruction.json) return []
    // Variables of the build are set when the script runs: declared and exported they are neither unknown nor unused.
    const names = step.before.variables.names().filter(name => /^[A-Za-z_]\w*$/.test(name))
    const exports = names.length > 0 ? `export ${names.map(name => `${name}=1`).join(' ')}\n` : ''
    return step.scripts
      .filter(({ dialect }) => dialect !== 'other')
      .map(script => ({
        dockerfile,
        script,
        text: exports + script.text,
        skipped: exports.length,
        shell: script.dialect === 'bash' ? 'bash' : 'sh',
      }))
  })

type ShellcheckComment = {
  readonly file: string
  readonly line: number
  readonly endLine: number
  readonly column: number
  readonly endColumn: number
  readonly level: string
  readonly code: number
  readonly message: string
}

/** Format: `shellcheck --format=json1`: `{"comments": […]}`; lines and columns from 1, columns in code points, tabs count one. */
const readComments = (output: string): readonly ShellcheckComment[] => {
  const document = JSON.parse(output) as { comments?: unknown }
  if (!Array.isArray(document.comments)) throw new Error('its output has no comments')
  return document.comments as ShellcheckComment[]
}

const severityOf: Readonly<Record<string, Severity>> = { error: 'medium', warning: 'low', info: 'info', style: 'info' }

const toFinding = (job: Job, comment: ShellcheckComment): Finding | undefined => {
  const starts = lineStarts(job.text)
  const offset = (line: number, column: number): number => {
    let at = starts[line - 1] ?? job.text.length
    for (let left = column - 1; left > 0 && at < job.text.length; left--) at += (job.text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1
    return at - job.skipped
  }
  const start = offset(comment.line, comment.column)
  // What it says about the line of exports is about our own words.
  if (start < 0) return undefined
  const end = Math.max(start, Math.min(offset(comment.endLine, comment.endColumn), job.script.text.length))
  const rule = `shell/SC${comment.code}`
  const { dockerfile } = job
  return {
    rule,
    key: shortHash(`${rule}\n${dockerfile.path}\n${job.script.text.slice(start, end)}`),
    severity: severityOf[comment.level] ?? 'info',
    message: comment.message.replace(/\.$/, ''),
    at: [{ in: 'file', path: dockerfile.path, span: job.script.spanOf(start, end) }],
  }
}

/** Equal findings in one file get different keys, in order. */
const distinguish = (findings: Finding[]): void => {
  const seen = new Map<string, number>()
  findings.forEach((finding, i) => {
    const count = seen.get(finding.key) ?? 0
    seen.set(finding.key, count + 1)
    if (count > 0) findings[i] = { ...finding, key: shortHash(`${finding.key}\n${count}`) }
  })
}

export const ruleInfo = (id: string, severity: Severity): RuleInfo => {
  const code = id.slice(id.indexOf('/') + 1)
  return {
    id,
    on: 'dockerfile',
    severity,
    since: '0.1.0',
    profile: 'default',
    summary: `ShellCheck ${code}`,
    why: `ShellCheck found this in the script. Its page explains the pitfall: https://www.shellcheck.net/wiki/${code}`,
    examples: [],
    replaces: [code],
    links: [`https://www.shellcheck.net/wiki/${code}`],
  }
}
