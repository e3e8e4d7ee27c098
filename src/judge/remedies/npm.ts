/** https://docs.npmjs.com/cli/commands/npm-install, https://yarnpkg.com/cli/add, https://pnpm.io/cli/add, https://bun.com/docs/pm/cli/add */
import type { Snippet } from '../../model/remedy.ts'
import {
  commandsFor,
  fileName,
  goals,
  nearestFile,
  type Project,
  plainVersion,
  type RemedyUnit,
  type Wanted,
} from '../remedy-unit.ts'
import semver from '../versions/semver.ts'

const locks = ['package-lock.json', 'npm-shrinkwrap.json', 'pnpm-lock.yaml', 'yarn.lock', 'bun.lock', 'bun.lockb']
type Tool = 'npm' | 'pnpm' | 'yarn' | 'bun'

const toolOf = (upgrades: readonly Wanted[], project: Project): Tool => {
  // Its folder of all packages, from which it links: https://pnpm.io/symlinked-node-modules-structure
  if (upgrades.some(({ paths }) => paths.some(path => path.includes('/node_modules/.pnpm/')))) return 'pnpm'
  if (upgrades.some(({ paths }) => paths.some(path => path.includes('/.yarn/')))) return 'yarn'
  const lock = nearestFile(locks, upgrades, project)
  if (lock === undefined) return 'npm'
  const name = fileName(lock)
  return name.startsWith('pnpm') ? 'pnpm' : name.startsWith('yarn') ? 'yarn' : name.startsWith('bun') ? 'bun' : 'npm'
}

/** A program that is installed for everybody, with what it brings: https://docs.npmjs.com/cli/configuring-npm/folders */
const globalOf = ({ paths }: Wanted): string | undefined => {
  const found = paths.map(
    path => /^\/(?:usr\/|usr\/local\/|opt\/[^/]+\/)?lib\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1],
  )
  return found.every(name => name !== undefined) ? found[0] : undefined
}

/** Whether there is a command for what others need. */
const isUpdating = (tool: Tool): boolean => tool === 'npm' || tool === 'pnpm'

const install: Readonly<Record<Tool, string>> = { npm: 'npm install', pnpm: 'pnpm add', yarn: 'yarn add', bun: 'bun add' }

/** Of every name the one that goes to the highest version: `npm install a@1 a@2` takes one of them. */
const highestOf = (upgrades: readonly Wanted[]): readonly Wanted[] => {
  const highest = new Map<string, Wanted>()
  for (const one of upgrades) {
    const other = highest.get(one.name)
    if (!other || (semver.compare(other.to, one.to) ?? 0) < 0) highest.set(one.name, one)
  }
  return [...highest.values()]
}

/**
 * Versions for what others need: https://docs.npmjs.com/cli/configuring-npm/package-json#overrides, Yarn's `resolutions`, pnpm's `overrides`. Whatever is
 * newer and has the same interface is taken, too: nobody is to be forced back.
 */
const forced = (tool: Tool, upgrades: readonly Wanted[], direct: readonly Wanted[]): Snippet => {
  const names = new Set(upgrades.map(({ name }) => name))
  const highest = highestOf([...upgrades, ...direct.filter(({ name }) => names.has(name))])
  // Without a version a key means all of them, also newer ones, and the application's own, of which npm refuses another range (EOVERRIDE).
  const byVersion = (): (readonly [string, string])[] =>
    upgrades.map(one => [one.others.length === 0 ? one.name : `${one.name}@${one.from}`, `^${one.to}`])
  // Yarn's keys are the very ranges that packages ask for, which nobody knows here, and Bun's have no versions: one version for all.
  const forAll = (): (readonly [string, string])[] =>
    highest.map(({ name, to, others }) => [
      name,
      `^${others.reduce((most, one) => ((semver.compare(most, one) ?? 0) < 0 && plainVersion.test(one) ? one : most), to)}`,
    ])
  const pairs = isUpdating(tool) ? byVersion() : forAll()
  if (tool === 'pnpm')
    return { file: 'pnpm-workspace.yaml', text: `overrides:\n${pairs.map(([key, to]) => `  '${key}': '${to}'`).join('\n')}\n` }
  const key = tool === 'yarn' ? 'resolutions' : 'overrides'
  return { file: 'package.json', text: `${JSON.stringify({ [key]: Object.fromEntries(pairs) }, null, 2)}\n` }
}

const unit: RemedyUnit = {
  title: 'npm',
  name: /^(?:@[A-Za-z0-9~_][\w.~-]{0,127}\/)?[A-Za-z0-9~_][\w.~-]{0,213}$/,
  advise(upgrades, project) {
    const programs = new Map<string, Wanted[]>()
    const own: Wanted[] = []
    for (const one of upgrades) {
      const program = globalOf(one)
      if (program === undefined) own.push(one)
      else programs.set(program, [...(programs.get(program) ?? []), one])
    }
    const names = [...programs.keys()].filter(name => unit.name.test(name))
    const tool = toolOf(own, project)
    const [direct, others] = [highestOf(own.filter(one => one.isDirect)), own.filter(one => !one.isDirect)]
    const globals = commandsFor(
      'npm install --global',
      names.map(name => `${name}@latest`),
    )
    // What is installed beside the application is the image's, and not the project's.
    const snippets = [
      ...(others.length > 0 ? [forced(tool, others, direct)] : []),
      ...(project.isFolder ? [] : globals.map(line => ({ file: 'Dockerfile', text: `RUN ${line}\n` }))),
    ]
    const texts = [
      direct.length > 0 ? `Upgrade ${goals(direct)}.` : '',
      others.length > 0
        ? `What other packages need goes up, too: ${goals(others)}. ${isUpdating(tool) ? 'Where updating leaves an older one, an override forces it.' : `${tool === 'yarn' ? 'Resolutions force' : 'Overrides force'} that, and come first.`}`
        : '',
      names.length > 0 ? `Install the newest ${names.join(', ')}, which brings ${goals([...programs.values()].flat())}.` : '',
    ]
    return {
      text: texts.filter(text => text !== '').join(' '),
      commands: [
        ...commandsFor(
          install[tool],
          direct.map(({ name, to }) => `${name}@${to}`),
        ),
        ...(others.length === 0
          ? []
          : tool === 'npm'
            ? commandsFor(
                'npm update',
                others.map(({ name }) => name),
              )
            : tool === 'pnpm'
              ? commandsFor(
                  'pnpm update --depth Infinity',
                  others.map(({ name }) => name),
                )
              : [`${tool} install`]),
        ...(project.isFolder ? globals : []),
      ],
      ...(snippets.length > 0 ? { snippets } : {}),
    }
  },
}

export default unit
