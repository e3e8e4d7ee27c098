/** Who uses a variable that ENV or ARG sets: the RUN instructions, and what speaks against taking it away from the rest. */
import type { Dockerfile, Stage, Step } from '../read/dockerfile/graph.ts'
import { hasOption } from '../read/shell/queries.ts'
import type { Command } from '../read/shell/script.ts'
import { commandsOf, mountsOf } from './dockerfile-queries.ts'

export type VariableUses = {
  /** RUN instructions that name it, or run a tool that reads it from its environment. */
  readonly runs: readonly Step[]
  /** RUN instructions that get it from a secret mount already. */
  readonly served: readonly Step[]
  /** `RUN unset NAME`, and nothing else. */
  readonly undone: readonly Step[]
  /** The first instruction that is no RUN and uses it. */
  readonly elsewhere: Step | undefined
  /** The first command that may read it, or not: a script of the project, a build tool. */
  readonly perhaps: Command | undefined
  /** The first command that writes it where it stays in the layer. */
  readonly kept: Command | undefined
  /** Whether every other RUN consists of commands that read no such variable. */
  readonly isPlain: boolean
}

/** Tools that read variables with another name than their own. */
const readers: readonly (readonly [RegExp, readonly string[]])[] = [
  [/^(?:npm|node_auth|yarn|pnpm)_/i, ['npm', 'npx', 'yarn', 'pnpm', 'pnpx']],
  [/^pip_/i, ['pip', 'pip3']],
  [/^(?:GH|GITHUB)_/, ['gh']],
  [/^BUNDLE_/, ['bundle', 'bundler']],
  [/^SENTRY_/, ['sentry-cli']],
  [/^PGPASS/, ['psql', 'pg_dump', 'pg_restore', 'createdb']],
  [/^MYSQL_PWD$/, ['mysql', 'mysqldump', 'mariadb']],
  [/^(?:HF|HUGGING_?FACE)_/, ['hf', 'huggingface-cli']],
  [/^CLOUDFLARE_/, ['wrangler']],
  [/^CARGO_/, ['cargo']],
]

/** They run files of the project, which may read any variable. */
const runners = new Set(
  `make gmake cmake ninja gradle gradlew mvn mvnw ant rake tox nox invoke just task bazel npx source . deno bun java dotnet sbt
  mix envsubst`.split(/\s+/),
)
const interpreters = new Set('sh bash dash ash ksh zsh python python2 python3 node ruby perl php Rscript'.split(' '))
const inline = new Set(['-c', '-e', '-r', '--eval', '-p', '--print'])

/** They read no variables of a project, nor files that name one, as pip and npm do. */
const plain = new Set(
  `apt apt-get apk dnf yum microdnf zypper echo printf cd mkdir rm cp mv ln chmod chown chgrp set unset export test
  [ true false : curl wget tar unzip gzip useradd groupadd adduser addgroup usermod cat sed grep touch install find sort head tail ls pwd sleep
  update-ca-certificates git gpg sha256sum`.split(/\s+/),
)

/** Whether a command runs what this file does not show: a script of the project, a build tool. */
export const isRunner = (command: Command): boolean => {
  const { name, nameWord, operands, args } = command
  if (nameWord === undefined) return false
  if (name === '') return true
  if (nameWord.text.includes('/') && !/^\/(?:usr\/)?(?:local\/)?s?bin\//.test(nameWord.text)) return true
  if (/\.(?:sh|bash|py|pl|rb|js|php)$/.test(name) || runners.has(name)) return true
  if (interpreters.has(name))
    return (
      operands.length > 0 && !args.some(({ text }) => inline.has(text) || /^-[a-z]*c$/.test(text)) && operands[0]!.text !== 'pip'
    )
  if (name === 'npm' || name === 'pnpm' || name === 'yarn') {
    const action = operands[0]?.text ?? 'install'
    return !/^(?:i|ci|install|add|config|cache|audit|login|logout|fetch|prune|publish|pack|version|view|set|import|update|upgrade)$/.test(
      action,
    )
  }
  return false
}

/** Whether a tool reads a variable of this name from its environment. */
export const isReader = (name: string, tool: string): boolean =>
  (tool.length > 1 && tool === name.toLowerCase().split('_')[0]) ||
  readers.some(([names, tools]) => names.test(name) && tools.includes(tool))

/**
 * The steps after `from` in its stage, then in the stages built FROM it; each way ends with the first step that is the `last`
 * (included).
 */
export const stepsAfter = (dockerfile: Dockerfile, from: Step, last: (step: Step) => boolean = () => false): readonly Step[] => {
  const found: Step[] = []
  const walk = (stage: Stage, first: number): void => {
    for (const step of stage.steps.slice(first)) {
      found.push(step)
      if (last(step)) return
    }
    for (const child of dockerfile.stages)
      if (child.index > stage.index && child.base.kind === 'stage' && child.base.stage === stage) walk(child, 0)
  }
  if (from.stage) walk(from.stage, from.stage.steps.indexOf(from) + 1)
  return found
}

/** How the file names a command. */
export const nameOf = (command: Command): string => command.nameWord?.raw ?? 'a command'

const setsVariable = ({ instruction }: Step, name: string): boolean =>
  (instruction.name === 'ENV' || instruction.name === 'ARG') && instruction.pairs.some(({ key }) => key === name)

const textOf = ({ instruction }: Step): string =>
  [instruction.argument.text, ...instruction.heredocs.map(({ content }) => content)].join('\n')

/** Everything that is known of who uses a variable from the step on that sets it. */
export const variableUses = (dockerfile: Dockerfile, from: Step, name: string): VariableUses => {
  const escaped = RegExp.escape(name)
  const named = new RegExp(`(?<!\\w)${escaped}(?!\\w)`)
  const expanded = new RegExp(`\\$(?:${escaped}(?!\\w)|\\{${escaped}(?!\\w))`)
  const fromFile = new RegExp(`(?<!\\w)${escaped}="?\\$\\(cat /run/secrets/`)
  const unset = new RegExp(`^unset\\s+${escaped};?$`)
  const runs: Step[] = []
  const served: Step[] = []
  const undone: Step[] = []
  let elsewhere: Step | undefined
  let perhaps: Command | undefined
  let kept: Command | undefined
  let isPlain = true
  for (const step of stepsAfter(dockerfile, from, one => !one.onbuild && setsVariable(one, name))) {
    const { instruction } = step
    const text = textOf(step)
    if (step.onbuild || instruction.name !== 'RUN') {
      const uses = /^(?:CMD|ENTRYPOINT|HEALTHCHECK|SHELL|ONBUILD)$/.test(instruction.name) || step.onbuild ? named : expanded
      const rest = instruction.flags.map(({ value }) => value ?? '').join('\n')
      if (uses.test(text) || uses.test(rest)) elsewhere ??= step
      continue
    }
    const mounts = mountsOf(step)
    if (mounts.some(({ type, field }) => type === 'secret' && field('env')?.value === name) || fromFile.test(text)) {
      served.push(step)
      continue
    }
    if (instruction.flags.some(({ value }) => value !== undefined && named.test(value))) elsewhere ??= step
    if (unset.test(text.trim())) {
      undone.push(step)
      continue
    }
    const commands = [...commandsOf(step)]
    if (named.test(text) || commands.some(({ command }) => isReader(name, command.name))) {
      runs.push(step)
      kept ??= commands.find(({ command }) => keeps(dockerfile, step, command, expanded))?.command
      continue
    }
    perhaps ??= commands.find(({ command }) => isRunner(command))?.command
    if (commands.length === 0 || commands.some(({ command }) => command.name !== '' && !plain.has(command.name))) isPlain = false
  }
  return { runs, served, undone, elsewhere, perhaps, kept, isPlain }
}

/** What goes in by a pipe comes out again. */
const passing = new Set('cat tee base64 sed tr envsubst awk gawk grep cut head tail jq dd fold paste'.split(' '))

/** Whether a command puts the value of the variable into a file that this RUN does not delete. */
const keeps = (dockerfile: Dockerfile, step: Step, command: Command, expanded: RegExp): boolean => {
  const uses = ({ span }: Command): boolean => expanded.test(dockerfile.tree.text.slice(span.start, span.end))
  const isFed = (): boolean =>
    passing.has(command.name) &&
    step.scripts.some(
      ({ commands }) => commands.includes(command) && commands.some(one => one.pipeline === command.pipeline && uses(one)),
    )
  // The body of a here-document is no part of the command's span: what is written from it counts by the whole script.
  const hasDocument = command.redirects.some(({ operator }) => operator.startsWith('<<')) && expanded.test(textOf(step))
  if (!uses(command) && !isFed() && !hasDocument) return false
  const removed = [...commandsOf(step, 'rm', 'shred')].flatMap(({ command: { operands } }) =>
    operands.map(({ text }) => text.replace(/(?<=.)\/$/, '')),
  )
  const stays = (path: string): boolean =>
    !path.startsWith('/dev/') && !removed.some(one => path === one || path.startsWith(`${one}/`))
  if (
    command.redirects.some(
      ({ operator, target }) => operator.includes('>') && target && !/^\d+$|^-$/.test(target.text) && stays(target.text),
    )
  )
    return true
  const words = command.operands.map(({ text }) => text)
  if (command.name === 'tee') return words.some(stays)
  if (command.name === 'sed') return hasOption(command, '-i', '--in-place') && words.slice(1).some(stays)
  // What these write, and where, only they know: a command that takes something away afterwards is believed.
  if (removed.length > 0 || /\blogout\b|--unset|\bconfig (?:delete|rm)\b/.test(textOf(step))) return false
  if (command.name === 'git') return /^(?:clone|config|remote|submodule)$/.test(words[0] ?? '')
  return (
    words.includes('login') ||
    words.includes('configure') ||
    words[0] === 'config' ||
    (command.name === 'npm' && words[0] === 'set')
  )
}
