import type { Stage } from '../../../read/dockerfile/graph.ts'
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
      good: 'FROM alpine:3.20\nRUN set -o pipefail && wget -qO- https://example.org/a.tgz | tar xz\n',
      byHand: true,
    },
    {
      bad: 'FROM debian:12\nRUN <<EOF\ncurl https://example.org/a | sh\nEOF\n',
      good: 'FROM debian:12\nRUN <<EOF\n#!/bin/bash -eo pipefail\ncurl https://example.org/a | sh\nEOF\n',
      byHand: true,
    },
  ],
  replaces: ['DL4006', 'shell_running_a_pipe_without_pipefail_flag', 'set-pipefail'],
  links: ['https://docs.docker.com/build/building/best-practices/#using-pipes'],
  fixes: 'unsafe',
  *check(dockerfile) {
    const offered = new Set<Stage>()
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
          const stage = step.stage
          const canFix =
            stage !== undefined &&
            !step.onbuild &&
            step.before.shell.at === undefined &&
            bringsBash(stage) &&
            script.interpreter === undefined &&
            !offered.has(stage)
          if (canFix) offered.add(stage)
          yield {
            at: { start: first.span.start, end: second.span.end },
            message: `the status of \`${first.name || 'the first command'}\` is lost in this pipe`,
            fix: canFix
              ? fixBy(
                  'unsafe',
                  'Let bash with pipefail run the commands of this stage; one that relied on a failing pipe then stops the build',
                  insertAt(
                    dockerfile,
                    step.instruction.comments[0]?.span.start ?? step.instruction.span.start,
                    `SHELL ["/bin/bash", "-o", "pipefail", "-c"]${lineEnd(dockerfile)}`,
                  ),
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

/** Official images that are known to have /bin/bash: Debian, Ubuntu, the Red Hat family, and language images on Debian, but no Alpine or slim BusyBox ones. */
const bringsBash = (stage: Stage): boolean => {
  const { root } = stage
  if (root.kind !== 'image' || root.reference.registry !== 'docker.io' || !root.reference.repository.startsWith('library/'))
    return false
  const tag = root.reference.tag ?? ''
  if (/alpine|busybox|windows|nanoserver|musl|uclibc/.test(tag)) return false
  return /^library\/(?:debian|ubuntu|centos|rockylinux|almalinux|fedora|oraclelinux|amazonlinux|node|python|ruby|golang|php|openjdk|eclipse-temurin|rust|perl|buildpack-deps|gcc|maven|gradle|tomcat|httpd|nginx|postgres|mysql|mariadb|redis)$/.test(
    root.reference.repository,
  )
}
