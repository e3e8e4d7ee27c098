/** What the stacks ask of a stage before they split it. */
import { lineage } from '../../judge/dockerfile-queries.ts'
import { requestsOf } from '../../judge/package-queries.ts'
import { atRunTime } from './runtime-packages.ts'
import { commandsAbove, type Scene, targetsOf } from './split.ts'
import { absolutePath, isWithin, wide } from './step-effects.ts'

/** Packages of the distribution that only building needs are installed, and stay. */
export const buildsWithPackages = (scene: Scene): boolean => {
  const on = scene.distribution?.family === 'alpine' ? 'alpine' : 'debian'
  return lineage(scene.stage).some(
    step =>
      step.instruction.name === 'RUN' &&
      requestsOf(step, 'apt', 'apk').some(
        ({ request }) =>
          request.action === 'install' &&
          request.packages.some(
            ({ name, kind }) => kind === 'name' && atRunTime(name, on, scene.distribution?.suite)?.[0] !== name,
          ),
      ),
  )
}

/**
 * The folder that holds all of the program: where steps work, where COPY puts sources, and where it starts. Undefined where that is a folder of the
 * distribution.
 */
export const appFolder = (scene: Scene): string | undefined => {
  const folders = [scene.workdir]
  for (const { step, effects } of scene.upper) {
    const { name } = step.instruction
    if (name === 'COPY') {
      const targets = targetsOf(scene, step)
      if (typeof targets === 'string') continue
      // Of what lies elsewhere, single files are copied by themselves.
      for (const target of targets) if (isWithin(target, top(scene.workdir))) folders.push(target)
    }
    for (const effect of effects)
      if (effect.kind === 'inside' && isWithin(effect.folder, top(scene.workdir))) folders.push(effect.folder)
  }
  let common = folders[0]!
  for (const folder of folders) while (!isWithin(folder, common)) common = absolutePath(`${common}/..`, '/')!
  return wide.has(common) ? undefined : common
}

/** `/usr/src/app/server` → `/usr/src`: not wider than two names. */
const top = (folder: string): string => {
  const names = folder.split('/').filter(name => name !== '')
  const first = `/${names[0] ?? ''}`
  return wide.has(first) && names.length > 1 ? `${first}/${names[1]}` : first
}

/** What the commands of the upper part are called. */
export const hasCommand = (scene: Scene, ...names: readonly string[]): boolean =>
  commandsAbove(scene).some(({ command }) => names.includes(command.name))
