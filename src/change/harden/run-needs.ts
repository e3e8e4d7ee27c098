/** What starts when the image runs: the words, the programs, the scripts of the project that start others. */
import { commandsOf } from '../../judge/dockerfile-queries.ts'
import type { Stage, Step } from '../../read/dockerfile/graph.ts'
import { expandWord } from '../../read/dockerfile/read-dockerfile.ts'
import type { Word } from '../../read/dockerfile/syntax.ts'
import { nameOf } from '../../read/image/paths.ts'
import { readScript } from '../../read/shell/read-script.ts'
import type { Command } from '../../read/shell/script.ts'
import { absolutePath } from './step-effects.ts'
import type { HardenSubject } from './transformation.ts'

/** Of a small Debian image (bash, coreutils, findutils, grep, sed, tar, gzip, perl-base, util-linux, passwd), and the shells’ own. */
const always = new Set(
  `sh bash dash exec eval : . source true false echo printf test [ [[ cd pwd exit return set unset export readonly local shift trap wait kill read type command hash ulimit umask
  cat cp mv rm mkdir rmdir ln ls chmod chown chgrp touch stat head tail cut sort uniq tr wc tee date sleep env printenv id whoami uname basename dirname readlink realpath mktemp seq
  sed grep egrep fgrep awk mawk find xargs tar gzip gunzip zcat perl useradd groupadd usermod groupmod adduser addgroup passwd chpasswd su setpriv nproc timeout tput stty sync df du
  od base64 md5sum sha256sum sha512sum install truncate expr yes nohup nice hostname mount umount getent ldd ldconfig apt-get apt apt-mark apt-cache dpkg dpkg-query update-ca-certificates debconf-set-selections
  dpkg-reconfigure update-alternatives tzselect locale getopt getopts flock logger more diff cmp comm paste fold nl tac shuf alias chroot runuser login nologin let declare pushd popd dirs builtin shopt which`.split(
    /\s+/,
  ),
)

export const isEverywhere = (program: string): boolean => always.has(program)

export type RunNeeds = {
  readonly entrypoint: Step | undefined
  readonly cmd: Step | undefined
  readonly healthcheck: Step | undefined
  /** ENTRYPOINT and CMD together, where both are in brackets or one of them is there; undefined where a shell reads them. */
  readonly words: readonly string[] | undefined
  /** Whether something at run time wants a shell. */
  readonly usesShell: boolean
  /** Base names of programs: of CMD, ENTRYPOINT and HEALTHCHECK, of the scripts that they start, and those that the project is known to start. */
  readonly programs: ReadonlySet<string>
  /** Scripts of the project that run first, by their path in the image. */
  readonly scripts: readonly { readonly path: string; readonly file: string; readonly text: string }[]
  /** What is started and nobody here can read. */
  readonly unread: readonly string[]
}

const lastOf = (stage: Stage, name: string): Step | undefined =>
  stage.steps.findLast(step => !step.onbuild && step.instruction.name === name)

/** Of the stage itself; what its base starts is not known. */
export const runNeeds = (subject: HardenSubject, stage: Stage): RunNeeds => {
  const [entrypoint, cmd, healthcheck] = ['ENTRYPOINT', 'CMD', 'HEALTHCHECK'].map(name => lastOf(stage, name)) as [
    Step?,
    Step?,
    Step?,
  ]
  const programs = new Set<string>()
  const unread: string[] = []
  const scripts: { path: string; file: string; text: string }[] = []
  const starts = [entrypoint, cmd].filter(step => step !== undefined)
  const wordsOf = (step: Step): readonly string[] | undefined => step.instruction.json?.values
  const words = starts.every(step => step.instruction.json) ? starts.flatMap(step => [...wordsOf(step)!]) : undefined
  let usesShell = starts.some(step => !step.instruction.json)
  if (healthcheck && !/^\s*none\s*$/i.test(healthcheck.instruction.argument.text) && !healthcheck.instruction.nested?.json)
    usesShell = true
  const folder = stage.end.workdir.value?.known ? stage.end.workdir.value.path : undefined
  const take = (command: Command, depth: number): void => {
    for (const { name } of command.wrappers) programs.add(name)
    if (command.name !== '') programs.add(command.name)
    const script = scriptOf(command)
    if (script === undefined) return
    usesShell ||= isShell(command.name) || script.endsWith('.sh')
    const path = absolutePath(script, folder)
    const file = path === undefined ? undefined : fileAt(subject, stage, path)
    const text = file === undefined ? undefined : subject.project.texts.get(file)
    if (path === undefined || file === undefined || text === undefined) {
      if (!/\.(?:[cm]?js|py|rb|php|pl|jar)$/.test(script)) unread.push(script)
      return
    }
    if (scripts.some(one => one.path === path) || depth > 3) return
    scripts.push({ path, file, text })
    if (/^#!.*\b(?:python|node|ruby|php|perl)/.test(text)) return
    usesShell = true
    const read = readScript({
      text,
      span: { start: 0, end: text.length },
      spanOf: (start, end) => ({ start, end }),
      shell: ['/bin/sh', '-c'],
    })
    const own = new Set([...text.matchAll(/^\s*(?:function\s+)?([\w-]+)\s*\(\)/gm)].map(match => match[1]!))
    if (read.errors.length > 0) unread.push(script)
    for (const inner of read.commands) if (!own.has(inner.name)) take(inner, depth + 1)
  }
  // Behind an interpreter CMD is what it is given: https://docs.docker.com/reference/dockerfile/#understand-how-cmd-and-entrypoint-interact
  const isGiven = entrypoint?.instruction.json && interpreters.test(entrypoint.instruction.json.values[0] ?? '')
  for (const step of [entrypoint, isGiven ? undefined : cmd, healthcheck])
    if (step) for (const { command } of commandsOf(step)) take(command, 0)
  for (const { programs: started } of subject.project.stacks) for (const { value } of started) programs.add(value)
  return { entrypoint, cmd, healthcheck, words, usesShell, programs, scripts, unread }
}

const interpreters = /(?:^|\/)(?:java|node|python[\d.]*|ruby|php|perl|dotnet|deno|gunicorn|uvicorn|flask)$/

const isShell = (name: string): boolean => /^(?:sh|bash|dash|ash|zsh)$/.test(name)

/** The path of a script that a command starts: itself, or the first operand of a shell. */
const scriptOf = (command: Command): string | undefined => {
  const text = command.nameWord?.text ?? ''
  if (isShell(command.name) || command.name === '.' || command.name === 'source') {
    const first = command.operands[0]
    return first?.literal && !command.options.some(({ name }) => name === '-c') ? first.text : undefined
  }
  if (text.endsWith('.sh') || text.endsWith('.bash')) return text
  // Without an ending, only what the project brings can be a script: `/entrypoint`, `./start`.
  return /(?:entrypoint|entry_point|start|boot|init)[\w-]*$/.test(text) && text.includes('/') ? text : undefined
}

/** The file of the context that stands at a path of a stage, over the stages that it is copied from or built FROM; undefined where that cannot be told. */
export const fileAt = (subject: HardenSubject, stage: Stage, path: string, depth = 0): string | undefined => {
  const { project, dockerfile } = subject
  for (const step of stage.steps.toReversed()) {
    const { name, words, flags } = step.instruction
    if (step.onbuild || (name !== 'COPY' && name !== 'ADD')) continue
    const { value } = step.before.workdir
    const valueOf = (word: Word): string => expandWord(word, step.before.variables, dockerfile.tree.escape).value
    const target = absolutePath(
      valueOf(words.at(-1) ?? { raw: '', span: step.instruction.span }),
      value === undefined ? '/' : value.known ? value.path : undefined,
    )
    if (target === undefined) continue
    const inner =
      path === target
        ? ''
        : path.startsWith(target === '/' ? '/' : `${target}/`)
          ? path.slice(target === '/' ? 1 : target.length + 1)
          : undefined
    if (inner === undefined) continue
    const from = flags.some(flag => flag.name === 'from')
      ? stage.uses.find(use => use.how === 'copy' && use.step === step)?.target
      : undefined
    if (flags.some(flag => flag.name === 'from') && from?.kind !== 'stage') continue
    const at = (source: string): string | undefined =>
      from?.kind === 'stage'
        ? depth < 8
          ? fileAt(subject, from.stage, `/${source}`, depth + 1)
          : undefined
        : project.files.has(source)
          ? source
          : undefined
    for (const word of words.slice(0, -1)) {
      const source = absolutePath(valueOf(word), '/')?.slice(1)
      if (source === undefined) continue
      // A file under its own name or another, or what lies in a folder.
      const found =
        inner === ''
          ? at(source)
          : ((inner === nameOf(source) ? at(source) : undefined) ?? at(source === '' ? inner : `${source}/${inner}`))
      if (found !== undefined) return found
    }
  }
  return stage.base.kind === 'stage' && depth < 8 ? fileAt(subject, stage.base.stage, path, depth + 1) : undefined
}
