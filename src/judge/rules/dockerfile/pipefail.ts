import type { Edit } from '../../../model/finding.ts'
import type { Dockerfile, Stage, Step } from '../../../read/dockerfile/graph.ts'
import type { Instruction } from '../../../read/dockerfile/syntax.ts'
import { pipelineOf, setsBefore } from '../../../read/shell/queries.ts'
import { fixBy, insertAt, lineEnd, stepsNamed } from '../../dockerfile-queries.ts'
import { dockerfileRule } from '../../dockerfile-rule.ts'

export default dockerfileRule({
  on: 'dockerfile',
  severity: 'low',
  since: '0.1.0',
  profile: 'default',
  weighs: 'content',
  summary: 'A pipe hides that its first part failed',
  why: 'The shell takes the status of the last command of a pipe only. When the download in `curl … | tar x` or the check in `sha256sum -c | tee log` fails, the build goes on with nothing or with something that nobody verified, and ships it.',
  examples: [
    {
      bad: 'FROM debian:12\nRUN curl -fsSL https://example.org/a.tgz | tar xz\nUSER app\n',
      good: 'FROM debian:12\nSHELL ["/bin/bash", "-o", "pipefail", "-c"]\nRUN curl -fsSL https://example.org/a.tgz | tar xz\nUSER app\n',
    },
    {
      bad: 'FROM alpine:3.20\nRUN wget -qO- https://example.org/a.tgz | tar xz\n',
      good: 'FROM alpine:3.20\nSHELL ["/bin/ash", "-o", "pipefail", "-c"]\nRUN wget -qO- https://example.org/a.tgz | tar xz\n',
    },
    {
      bad: 'FROM example.org/base:1\nSHELL ["/bin/bash", "-c"]\nRUN wget -qO- https://example.org/a.tgz | tar xz\n',
      good: 'FROM example.org/base:1\nSHELL ["/bin/bash", "-o", "pipefail", "-c"]\nRUN wget -qO- https://example.org/a.tgz | tar xz\n',
    },
    {
      bad: 'FROM debian:12\nRUN <<EOF\ncurl https://example.org/a | sh\nEOF\n',
      good: 'FROM debian:12\nRUN <<EOF\n#!/bin/bash -eo pipefail\ncurl https://example.org/a | sh\nEOF\n',
      byHand: true,
    },
    {
      bad: 'FROM alpine:3.20\nWORKDIR /a\n\n# what it needs\nRUN wget -qO- https://example.org/a.tgz | tar xz\n',
      good: 'FROM alpine:3.20\nWORKDIR /a\n\nSHELL ["/bin/ash", "-o", "pipefail", "-c"]\n\n# what it needs\nRUN wget -qO- https://example.org/a.tgz | tar xz\n',
    },
  ],
  replaces: ['DL4006', 'shell_running_a_pipe_without_pipefail_flag', 'set-pipefail'],
  links: ['https://docs.docker.com/build/building/best-practices/#using-pipes'],
  fixes: 'unsafe',
  *check(dockerfile) {
    const offered = new Set<Stage | Instruction>()
    for (const step of stepsNamed(dockerfile, 'RUN')) {
      for (const script of step.scripts) {
        const seen = new Set<number>()
        for (const command of script.commands) {
          if (seen.has(command.pipeline) || command.operator === '|' || command.operator === '|&') continue
          seen.add(command.pipeline)
          const parts = pipelineOf(script, command).filter(part => part.context.length === command.context.length)
          const [first, second] = parts
          // `echo x | cmd`: what cannot fail needs no watching.
          if (!first || !second || parts.slice(0, -1).every(part => cannotFail.has(part.name))) continue
          if (setsBefore(script, command).pipefail || command.context.includes('condition')) continue
          // A shell that the command itself starts has options of its own.
          const ownShell =
            script.interpreter !== undefined || command.context.some(kind => kind === 'nested-shell' || kind === 'heredoc')
          const edit = step.onbuild || ownShell ? undefined : withPipefail(dockerfile, step, offered)
          yield {
            at: { start: first.span.start, end: second.span.end },
            message: `the status of \`${first.name || 'the first command'}\` is lost in this pipe`,
            fix: edit
              ? fixBy(
                  'unsafe',
                  'Let a shell with pipefail run the commands of this stage; one that relied on a failing pipe then stops the build',
                  edit,
                )
              : {
                  title:
                    'Use a shell with pipefail (bash, BusyBox ash): SHELL ["/bin/bash", "-o", "pipefail", "-c"]; dash before version 0.5.13 has none',
                  safety: 'manual',
                  edits: [],
                },
          }
        }
      }
    }
  },
})

const cannotFail = new Set(['echo', 'printf', 'true', 'yes', ':', 'pwd', 'date', 'uname', 'id', 'nproc', 'hostname'])

/**
 * The option for a shell that SHELL names, or a SHELL line before this step where the base is known to bring a shell with pipefail; once for each
 * place. Undefined elsewhere: dash ends with an error at `set -o pipefail`.
 */
const withPipefail = (dockerfile: Dockerfile, step: Step, offered: Set<Stage | Instruction>): Edit | undefined => {
  const { stage, instruction } = step
  const { value, at } = step.before.shell
  if (at) {
    const program = at.json?.spans[0]
    if (!program || offered.has(at) || value.includes('pipefail') || !/(?:^|\/)(?:bash|ash)$/.test(value[0] ?? ''))
      return undefined
    offered.add(at)
    return insertAt(dockerfile, program.end, ', "-o", "pipefail"')
  }
  const shell = stage && shellOf(stage)
  if (!shell || offered.has(stage)) return undefined
  offered.add(stage)
  const start = instruction.comments[0]?.span.start ?? instruction.span.start
  // What stands apart, with the comment that speaks of it, stays apart.
  const isApart = /\n[ \t]*\r?\n$/.test(dockerfile.tree.text.slice(Math.max(0, start - 200), start))
  const newline = lineEnd(dockerfile)
  return insertAt(dockerfile, start, `SHELL ["${shell}", "-o", "pipefail", "-c"]${newline}${isApart ? newline : ''}`)
}

const withBash =
  /^library\/(?:debian|ubuntu|centos|rockylinux|almalinux|fedora|oraclelinux|amazonlinux|node|python|ruby|golang|php|openjdk|eclipse-temurin|rust|perl|buildpack-deps|gcc|maven|gradle|tomcat|httpd|nginx|postgres|mysql|mariadb|redis)$/

/** What official images are known to bring: BusyBox ash on Alpine; bash on Debian, Ubuntu, the Red Hat family, and language images on Debian. */
const shellOf = ({ root }: Stage): '/bin/bash' | '/bin/ash' | undefined => {
  if (root.kind !== 'image' || root.reference.registry !== 'docker.io' || !root.reference.repository.startsWith('library/'))
    return undefined
  const { repository, tag = '' } = root.reference
  if (/windows|nanoserver/.test(tag)) return undefined
  if (repository === 'library/alpine' || /(?:^|-)alpine/.test(tag)) return '/bin/ash'
  if (/alpine|busybox|musl|uclibc/.test(tag)) return undefined
  return withBash.test(repository) ? '/bin/bash' : undefined
}
