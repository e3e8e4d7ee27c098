/**
 * What stands below /root: every distribution keeps that folder closed (mode 700), so that nobody but root comes to a program, a library or a file in it, however
 * open these are themselves: Debian’s base-files (https://packages.debian.org/trixie/base-files) and Alpine’s alpine-baselayout make it so.
 */
import { lineage } from '../../judge/dockerfile-queries.ts'
import type { Dockerfile, Stage, Step } from '../../read/dockerfile/graph.ts'
import { hasOption } from '../../read/shell/queries.ts'
import { destinationOf, isInside, volumesOf, workdirAtEnd } from './image-paths.ts'
import { startOf } from './start.ts'

/** Why the final image works for root alone; undefined where nothing of it is in root's home folder. */
export const rootHomeReason = (dockerfile: Dockerfile, stage: Stage): string | undefined => {
  const { escape } = dockerfile.tree
  const closed = (path: string | undefined): boolean => path !== undefined && isInside(path, '/root')
  const start = startOf(stage)
  const word = start.words.map(text => text.replace(/^["'[,]+|["'\],]+$/g, '')).find(text => /^(?:\.\s+)?\/root\//.test(text))
  if (word !== undefined) return `\`${word}\`, which it starts with, is in /root, where nobody but root may look`
  const workdir = workdirAtEnd(stage)
  if (closed(workdir)) return `it works in ${workdir}, where nobody but root may look`
  const steps = lineage(stage)
  const settings = settingsOf(steps)
  for (const [name, value] of settings) {
    const part = value.split(':').find(one => /^\/root(?:\/|$)/.test(one))
    if (part !== undefined) return `${name} leads to \`${part}\`, where nobody but root may look`
  }
  for (const [i, step] of steps.entries()) {
    const { name } = step.instruction
    if (name === 'COPY' || name === 'ADD') {
      const to = destinationOf(step, escape)
      if (to !== undefined && closed(to) && !isForSteps(steps.slice(i + 1), step, to))
        return `files are copied to \`${to}\`, where nobody but root may look`
    }
    if (name !== 'RUN' || step.before.user.at?.argument.text.match(/^(?!root\b|0\b)/)) continue
    for (const { commands } of step.scripts)
      for (const command of commands) {
        if (
          /^(?:pip[\d.]*|python[\d.]*)$/.test(command.name) &&
          hasOption(command, '--user') &&
          command.args.some(({ text }) => text === 'install')
        )
          return '`pip install --user` puts packages into /root/.local, where nobody but root may look'
        const words = [command.name, ...command.args.map(({ text }) => text)]
        if (words.includes('playwright') && words.includes('install') && !settings.has('PLAYWRIGHT_BROWSERS_PATH'))
          return 'browsers of Playwright are put into /root/.cache, where nobody but root may look'
        const from = command.name === 'ln' ? command.operands.find(({ text }) => /^(?:\/root|~)\//.test(text)) : undefined
        if (from) return `a link leads to \`${from.text}\`, where nobody but root may look`
      }
  }
  const volume = volumesOf(stage, escape).find(({ path }) => closed(path))
  return volume && `its volume \`${volume.path}\` is where nobody but root may look`
}

/** Of ENV, as written; what stood before where a value adds to it: `PATH=/root/bin:$PATH`. */
const settingsOf = (steps: readonly Step[]): ReadonlyMap<string, string> => {
  const settings = new Map<string, string>()
  for (const { instruction } of steps)
    if (instruction.name === 'ENV')
      for (const { key, value } of instruction.pairs) {
        const text = (value?.raw ?? '').replace(/["']/g, '')
        settings.set(key, text.includes(`$${key}`) || text.includes(`\${${key}`) ? `${text}:${settings.get(key) ?? ''}` : text)
      }
  return settings
}

/** A later step names what was copied: it is there to be used once. */
const isForSteps = (later: readonly Step[], { instruction }: Step, to: string): boolean => {
  const values = instruction.json?.values ?? instruction.words.map(({ raw }) => raw)
  const names = [
    to,
    ...values
      .slice(0, -1)
      .map(value => value.replace(/^.*\//, ''))
      .filter(value => /\w\.\w|^\w{4,}$/.test(value)),
  ]
  return later.some(
    step =>
      step.instruction.name === 'RUN' && names.some(name => name !== '/root' && step.instruction.argument.text.includes(name)),
  )
}
