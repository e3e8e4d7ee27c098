/** Whether a file that COPY brings into a stage gets into the image that ships: by FROM, or by the COPY --from of a folder that holds it. */
import type { Dockerfile, Stage, Step } from '../read/dockerfile/graph.ts'
import { expandWord } from '../read/dockerfile/read-dockerfile.ts'
import type { Word } from '../read/dockerfile/syntax.ts'
import { pathNames } from '../read/image/paths.ts'
import { commandsOf, shippedStages } from './dockerfile-queries.ts'

/** Places of one file that are followed: files that nobody wrote by hand have more. */
const mostPlaces = 1000

export const shipsFile = (dockerfile: Dockerfile, step: Step, path: string): boolean => {
  const shipped = new Set<Stage>(shippedStages(dockerfile))
  const seen = new Set<string>()
  const waiting: { readonly stage: Stage; readonly path: string; readonly after: number }[] = []
  const add = (stage: Stage, paths: readonly string[], after: number): void => {
    for (const one of paths) {
      const key = `${stage.index} ${one}`
      if (seen.has(key) || seen.size >= mostPlaces) continue
      seen.add(key)
      waiting.push({ stage, path: one, after })
    }
  }
  if (step.stage) add(step.stage, placesOf(dockerfile, step, path), step.stage.steps.indexOf(step) + 1)
  for (let at = waiting.pop(); at; at = waiting.pop()) {
    const { stage, path: file, after } = at
    if (shipped.has(stage)) return true
    if (stage.steps.slice(after).some(one => removes(one, file))) continue
    for (const other of dockerfile.stages) {
      if (other.base.kind === 'stage' && other.base.stage === stage) add(other, [file], 0)
      for (const { how, target, step: copy } of other.uses)
        if (how === 'copy' && target.kind === 'stage' && target.stage === stage)
          for (const word of copy.instruction.words.slice(0, -1))
            add(other, copied(dockerfile, copy, word, file), other.steps.indexOf(copy) + 1)
    }
  }
  return false
}

const known = (dockerfile: Dockerfile, step: Step, word: Word | undefined): string | undefined => {
  const { value, known: isKnown } = word
    ? expandWord(word, step.before.variables, dockerfile.tree.escape)
    : { value: '', known: false }
  return isKnown ? value : undefined
}

/** Where COPY puts a source: in a folder, if there is one; else it is the destination itself. */
const placesOf = (dockerfile: Dockerfile, step: Step, source: string): readonly string[] => {
  const { words } = step.instruction
  const value = known(dockerfile, step, words.at(-1))
  const workdir = step.before.workdir.value
  if (value === undefined || (!value.startsWith('/') && !(workdir?.known && workdir.absolute))) return []
  const folder = pathNames(value.startsWith('/') ? value : `${workdir!.path}/${value}`)
  const inside = `/${[...folder, ...pathNames(source).slice(-1)].join('/')}`
  const isFolder = words.length > 2 || /(?:^|\/)\.?$/.test(value)
  return isFolder ? [inside] : [inside, `/${folder.join('/')}`]
}

/** Where COPY --from puts a file of the other stage, as far as the source `word` has it in it. */
const copied = (dockerfile: Dockerfile, step: Step, word: Word, file: string): readonly string[] => {
  const value = known(dockerfile, step, word)
  if (value === undefined) return []
  const source = pathNames(value)
  const parts = pathNames(file)
  const glob = source.findIndex(part => /[*?[]/.test(part))
  const fixed = glob === -1 ? source : source.slice(0, glob)
  // A folder of secrets itself: what is copied out of it is one.
  if (fixed.length > parts.length) return parts.every((part, i) => part === fixed[i]) ? placesOf(dockerfile, step, value) : []
  if (!fixed.every((part, i) => part === parts[i])) return []
  const [folder] = placesOf(dockerfile, step, '')
  const rest = parts.slice(fixed.length)
  if (folder === undefined) return []
  if (rest.length === 0) return placesOf(dockerfile, step, file)
  // A wildcard copies the files that fit, and what is in the folders that do.
  const kept = glob === -1 ? [rest] : [rest, rest.slice(1)]
  return kept.filter(one => one.length > 0).map(one => `/${[...pathNames(folder), ...one].join('/')}`)
}

/** A RUN whose `rm` names it. */
const removes = (step: Step, file: string): boolean => {
  if (step.instruction.name !== 'RUN' || step.onbuild) return false
  const workdir = step.before.workdir.value
  return [...commandsOf(step, 'rm')].some(({ command }) =>
    command.operands.some(({ text }) => {
      if (/[$`*?[]/.test(text) || !(text.startsWith('/') || (workdir?.known && workdir.absolute))) return false
      const path = `/${pathNames(text.startsWith('/') ? text : `${workdir!.path}/${text}`).join('/')}`
      return file === path || file.startsWith(`${path}/`)
    }),
  )
}
