/** What the final image starts, as far as its Dockerfile says it. */
import { basename } from 'node:path/posix'
import { lineage } from '../../judge/dockerfile-queries.ts'
import type { Dockerfile, Stage, Step } from '../../read/dockerfile/graph.ts'
import type { Command } from '../../read/shell/script.ts'
import type { HardenSubject } from './transformation.ts'

export type Start = {
  readonly entrypoint: Step | undefined
  readonly cmd: Step | undefined
  /** Words of the entry point, then of CMD; of the shell form those of its script. */
  readonly words: readonly string[]
  readonly commands: readonly Command[]
}

export const startOf = (stage: Stage): Start => {
  const steps = lineage(stage)
  const entrypoint = steps.findLast(({ instruction }) => instruction.name === 'ENTRYPOINT')
  const cmd = steps.findLast(({ instruction }) => instruction.name === 'CMD')
  const both = [entrypoint, cmd].filter(step => step !== undefined)
  return {
    entrypoint,
    cmd,
    words: both.flatMap(
      ({ instruction }) => instruction.json?.values ?? instruction.argument.text.split(/\s+/).filter(word => word !== ''),
    ),
    commands: both.flatMap(({ scripts }) => scripts.flatMap(({ commands }) => commands)),
  }
}

/** Names of the programs that are started: of the commands, and of what wraps them. */
export const startedPrograms = (start: Start): ReadonlySet<string> =>
  new Set([
    ...start.commands.flatMap(({ name, wrappers }) => [name, ...wrappers.map(wrapper => wrapper.name)]),
    ...start.words.map(word => basename(word)),
  ])

/** The text of a file of the context, as changed so far; `path` is relative to the context. */
export const contextText = ({ context, files, project }: HardenSubject, path: string): string | undefined =>
  files.get(reportedPath(context?.path ?? '', path)) ?? project.texts.get(path)

/** A path of the context as paths are reported. */
export const reportedPath = (folder: string, path: string): string =>
  folder === '' ? path : `${folder.replace(/\/$/, '')}/${path}`

/** Scripts of the context that the image starts: path and text. */
export const startScripts = (
  subject: HardenSubject,
  start: Start,
): readonly { readonly path: string; readonly text: string }[] => {
  const names = new Set(start.words.slice(0, 20).map(word => basename(word)))
  const found: { readonly path: string; readonly text: string }[] = []
  for (const path of subject.project.files) {
    const name = basename(path)
    if (!names.has(name) || !(/\.(?:sh|bash)$/.test(name) || /entrypoint|start|run/.test(name))) continue
    const text = contextText(subject, path)
    if (text !== undefined) found.push({ path, text })
  }
  return found
}

/** A stage, or a file, that is made for developing, testing or looking around: `FROM base AS dev-envs`, `Dockerfile.debug`. */
export const isForPeople = ({ path }: Dockerfile, { name }: Stage): boolean =>
  /^(?:dev|debug|test|ci)(?:[-_]|el|elopment|$)/i.test(name ?? '') ||
  /(?:^|[._-])(?:dev|debug|test|playwright|cypress)(?:[._-]|$)/i.test(basename(path))
