/** Where containers are started by a command line: shell scripts, CI files, systemd units, Makefiles. Each with its place in the file. */
import type { Container } from '../../model/container.ts'
import type { Problem } from '../../model/finding.ts'
import { isShellScript } from '../shell/shebang.ts'
import { readCiFile } from './ci-files.ts'
import { readJenkinsfile } from './jenkinsfile.ts'
import { logicalLines } from './logical-lines.ts'
import { replacedText, slicedText } from './mapped-text.ts'
import type { DockerRun, EnvironmentFile } from './read-docker-run.ts'
import { mayRun, RunScript } from './run-script.ts'

export type RunFileKind = 'shell' | 'make' | 'systemd' | 'jenkins' | 'github' | 'ci'

export type FoundRuns = {
  readonly containers: readonly Container[]
  /** The same in the same order, with what an edit needs to know. */
  readonly runs: readonly DockerRun[]
  readonly problems: readonly Problem[]
}

/** Larger ones are no scripts that people write: installers with an archive behind them. */
const maxLength = 2_000_000

/** What a file is by its path, and where that does not say, by its first line. Undefined: no command lines are looked for in it. */
export const runFileKind = (path: string, text: string): RunFileKind | undefined => {
  const name = path.slice(path.lastIndexOf('/') + 1)
  if (/\.(?:sh|bash|ksh|zsh)$/.test(name)) return 'shell'
  if (/\.ya?ml$/.test(name)) return ciKind(path, name)
  if (/\.service$/.test(name)) return 'systemd'
  if (/^(?:GNU)?[Mm]akefile(?:\..*)?$|\.mk$/.test(name)) return 'make'
  if (/^Jenkinsfile|\.jenkinsfile$/i.test(name)) return 'jenkins'
  return !name.slice(1).includes('.') && isShellScript(text) ? 'shell' : undefined
}

const ciKind = (path: string, name: string): RunFileKind | undefined => {
  if (/(?:^|\/)\.(?:github|gitea|forgejo)\/workflows\/[^/]+$/.test(path) || /^action\.ya?ml$/.test(name)) return 'github'
  if (
    /(?:^|\.)gitlab-ci\.ya?ml$|^azure-pipelines.*\.ya?ml$|^bitbucket-pipelines\.yml$|^\.(?:travis|drone|woodpecker|cirrus)\.ya?ml$/.test(
      name,
    )
  )
    return 'ci'
  return /(?:^|\/)\.(?:circleci|gitlab|gitlab-ci|woodpecker|buildkite|azure-pipelines|pipelines)\/(?:.*\/)?[^/]+$/.test(path)
    ? 'ci'
    : undefined
}

/** Never throws for what the text holds. `workingFolder`: where a text runs that is no file. */
export const findDockerRuns = (
  path: string,
  text: string,
  kind = runFileKind(path, text),
  environmentFile?: EnvironmentFile,
  workingFolder?: string,
): FoundRuns => {
  const script = new RunScript(path, environmentFile, workingFolder)
  if (kind === undefined) return { containers: [], runs: [], problems: [] }
  if (text.length > maxLength && mayRun(text)) {
    script.problems.push({
      kind: 'uncovered',
      code: 'docker-run-too-large',
      message: 'a file of more than two million characters is not looked through for containers that it starts',
      at: { in: 'file', path, span: { start: 0, end: 0 } },
    })
  } else if (kind === 'github' || kind === 'ci') readCiFile(script, path, text, kind)
  else if (mayRun(text)) {
    if (kind === 'shell') script.read(slicedText(text, 0, text.length))
    else if (kind === 'systemd') readUnit(script, text)
    else if (kind === 'make') readMakefile(script, text)
    else readJenkinsfile(script, text)
  }
  return { containers: script.runs.map(({ container }) => container), runs: script.runs, problems: script.problems }
}

/** https://www.freedesktop.org/software/systemd/man/latest/systemd.service.html#Command%20lines */
const readUnit = (script: RunScript, text: string): void => {
  for (const { start, end, content } of logicalLines(text, /^[#;]/)) {
    const key = /^\s*Exec(?:Start|StartPre|StartPost|Condition|Reload|Stop|StopPost)\s*=\s*[-@:+!|]*/.exec(content)
    if (!key || !mayRun(content)) continue
    // Comment lines between continued ones are blanks of the same length.
    script.read({
      text: content.slice(key[0].length),
      spanOf: (from, to) => ({
        start: Math.min(start + key[0].length + from, end),
        end: Math.min(start + key[0].length + to, end),
      }),
    })
  }
}

/** Recipes, and variables whose value is such a command. `$$` is the shell's `$`; `$(X)` stays, and is unknown. */
const readMakefile = (script: RunScript, text: string): void => {
  for (const { start, end, content } of logicalLines(text, undefined)) {
    if (!mayRun(content)) continue
    const head = /^(?:\t[ \t]*[@+-]*[ \t]*|[ \t]*(?:export[ \t]+|override[ \t]+)?[\w.-]+[ \t]*(?:[:?!+]|::)?=[ \t]*)/.exec(
      content,
    )
    if (head) script.read(replacedText(slicedText(text, start + head[0].length, end), /\$\$/g, () => '$'))
  }
}
