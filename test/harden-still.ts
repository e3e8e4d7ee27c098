/** One transformation, applied to a Dockerfile and the files beside it until nothing changes any more. */
import assert from 'node:assert/strict'
import { applyEdits } from '../src/change/fix.ts'
import type { HardenSubject, LeftOut, Transformation } from '../src/change/harden/transformation.ts'
import type { HardenLevel, SeenNeeds } from '../src/model/hardening.ts'
import type { Project, Stack } from '../src/model/project.ts'
import { readComposeProject } from '../src/read/compose/project.ts'
import { readDockerfile } from '../src/read/dockerfile/read-dockerfile.ts'
import { emptyStack } from '../src/read/project/stack-reader.ts'

export type Given = {
  readonly dockerfile: string
  /** Files of the context: path → text. Those that a transformation may look into are its texts as well. */
  readonly context?: Readonly<Record<string, string>>
  readonly stacks?: readonly Partial<Stack>[]
  readonly level?: HardenLevel
  readonly seen?: SeenNeeds
}

export type Still = {
  readonly text: string
  readonly files: Readonly<Record<string, string>>
  readonly titles: readonly string[]
  readonly left: LeftOut | undefined
}

export const subjectOf = async (
  { context = {}, stacks = [], level = 'strict', seen }: Given,
  text: string,
  files: ReadonlyMap<string, string>,
): Promise<HardenSubject> => {
  const project: Project = {
    stacks: stacks.map(stack => ({ ...emptyStack('node', ''), ...stack })),
    files: new Set(Object.keys(context).sort()),
    texts: new Map(Object.entries(context)),
    closed: [],
    isCut: false,
    problems: [],
  }
  const ignore = files.get('.dockerignore')
  const compose = new Map<string, Awaited<ReturnType<typeof readComposeProject>>>()
  for (const [path, body] of files)
    if (/compose\.ya?ml$/.test(path))
      compose.set(
        path,
        await readComposeProject({
          main: [{ path, text: body }],
          env: () => undefined,
          load: async other => {
            const found = files.get(other)
            return found === undefined ? undefined : { path: other, text: found }
          },
        }),
      )
  return {
    dockerfile: readDockerfile('Dockerfile', text),
    ...(seen === undefined ? {} : { seen }),
    project,
    context: {
      entries: new Set(Object.keys(context).map(path => path.replace(/\/.*/, '/'))),
      ignore: ignore === undefined ? undefined : { path: '.dockerignore', text: ignore },
      path: '',
      isSeen: true,
    },
    files,
    level,
    today: '2026-11-27',
    images: new Map(),
    compose,
  }
}

/** Fails where it has no end, or where what comes out does not parse as well as what went in. */
export const untilStill = async (transformation: Transformation, given: Given): Promise<Still> => {
  let text = given.dockerfile
  const files = new Map(Object.entries(given.context ?? {}))
  const titles: string[] = []
  const faults = readDockerfile('Dockerfile', text).tree.errors.length
  for (let time = 0; time < 20; time++) {
    const outcome = transformation.apply(await subjectOf(given, text, files))
    if (!outcome || 'leftOut' in outcome) return { text, files: Object.fromEntries(files), titles, left: outcome }
    titles.push(outcome.title ?? transformation.title)
    assert.ok(outcome.edits.length > 0, 'it says that it changed something, and changes nothing')
    for (const path of new Set(outcome.edits.map(edit => edit.path))) {
      const own = outcome.edits.filter(edit => edit.path === path)
      if (path === 'Dockerfile') text = applyEdits(text, own)
      else files.set(path, applyEdits(files.get(path) ?? '', own))
    }
    assert.ok(readDockerfile('Dockerfile', text).tree.errors.length <= faults, `it does not parse any more:\n${text}`)
  }
  return assert.fail(`it has no end:\n${text}`)
}

type More = Omit<Given, 'dockerfile'>

/** What most tests of one transformation ask, with what is given to each of them. */
export const trialOf = (
  transformation: Transformation,
  given: More,
): {
  still(dockerfile: string, more?: More): Promise<Still>
  /** It is changed so, and nothing more the second time. */
  becomes(before: string, after: string, more?: More): Promise<void>
  /** It is not changed, for this reason. */
  stays(dockerfile: string, reason: RegExp, more?: More): Promise<void>
} => {
  const still = (dockerfile: string, more: More = {}): Promise<Still> =>
    untilStill(transformation, { dockerfile, ...given, ...more })
  return {
    still,
    becomes: async (before, after, more) => {
      const { text, left } = await still(before, more)
      assert.equal(text, after)
      assert.equal(left, undefined)
      assert.equal((await still(after, more)).text, after, 'twice changes nothing')
    },
    stays: async (dockerfile, reason, more) => {
      const { text, left } = await still(dockerfile, more)
      assert.equal(text, dockerfile)
      assert.match(left?.leftOut ?? '', reason)
    },
  }
}
