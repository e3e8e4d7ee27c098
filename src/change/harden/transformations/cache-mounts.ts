import { commandsOf, insertAt, mountsOf } from '../../../judge/dockerfile-queries.ts'
import { isRoot } from '../../../judge/image-users.ts'
import type { Edit } from '../../../model/finding.ts'
import type { Dockerfile, Stage, Step } from '../../../read/dockerfile/graph.ts'
import { hasOption } from '../../../read/shell/queries.ts'
import type { Command } from '../../../read/shell/script.ts'
import { officialImage } from '../image-choice.ts'
import { transformation } from '../transformation.ts'

type Cache = {
  readonly tool: string
  /** Commands that read or fill it. */
  readonly uses: (command: Command) => boolean
  /** For root, in the official images. */
  readonly targets: readonly string[]
  /** Variables that put it elsewhere, or switch it off. */
  readonly moved: readonly string[]
  /** What is fetched in one step is wanted in the next: all of them get it, or none. */
  readonly isShared: boolean
  /** Only there the path is sure. */
  readonly image?: string
}

const verb = (command: Command, ...verbs: readonly string[]): boolean => verbs.includes(command.operands[0]?.text ?? '')

/** https://docs.docker.com/build/cache/optimize/#use-cache-mounts. apt and apk are not among them: their lists and their --no-cache belong to the layer. */
const caches: readonly Cache[] = [
  {
    tool: 'npm',
    uses: command =>
      command.name === 'npm' && verb(command, 'ci', 'install', 'i', 'clean-install') && !hasOption(command, '--cache'),
    targets: ['/root/.npm'],
    moved: ['npm_config_cache', 'NPM_CONFIG_CACHE'],
    isShared: false,
  },
  {
    tool: 'yarn',
    uses: command =>
      command.name === 'yarn' &&
      (command.operands.length === 0 || verb(command, 'install')) &&
      !hasOption(command, '--cache-folder'),
    targets: ['/usr/local/share/.cache/yarn'],
    moved: ['YARN_CACHE_FOLDER'],
    isShared: false,
    image: 'node',
  },
  {
    tool: 'pip',
    uses: command =>
      command.name === 'pip' && verb(command, 'install') && !hasOption(command, '--no-cache-dir', '--no-cache', '--cache-dir'),
    targets: ['/root/.cache/pip'],
    moved: ['PIP_NO_CACHE_DIR', 'PIP_CACHE_DIR', 'XDG_CACHE_HOME'],
    isShared: false,
  },
  {
    tool: 'go',
    uses: command => command.name === 'go' && verb(command, 'build', 'install', 'mod', 'get', 'test', 'vet', 'generate', 'run'),
    targets: ['/go/pkg/mod', '/root/.cache/go-build'],
    moved: ['GOMODCACHE', 'GOCACHE', 'GOPATH', 'GOFLAGS'],
    isShared: true,
    image: 'golang',
  },
  {
    tool: 'cargo',
    uses: command => command.name === 'cargo' && verb(command, 'build', 'install', 'fetch', 'test', 'check', 'chef'),
    targets: ['/usr/local/cargo/registry'],
    moved: ['CARGO_HOME'],
    isShared: true,
    image: 'rust',
  },
  {
    tool: 'Maven',
    uses: command => /^mvnw?$/.test(command.name),
    targets: ['/root/.m2'],
    moved: ['MAVEN_CONFIG', 'MAVEN_OPTS'],
    isShared: true,
    image: 'maven',
  },
]

export default transformation({
  title: 'Keep the downloads of package managers between builds, and out of the image',
  why: 'A cache mount is a folder that stays with the builder and is never part of a layer. Building again for a security fix takes seconds, so that people do it, and nothing that was downloaded is forgotten in the image.',
  level: 'balanced',
  safety: 'safe',
  order: 410,
  supersedes: ['dockerfile/cache-mount'],
  apply({ dockerfile }) {
    if (!saysBuildKit(dockerfile)) return undefined
    const edits: Edit[] = []
    const tools = new Set<string>()
    for (const stage of dockerfile.stages) {
      const isBase = dockerfile.stages.some(({ base }) => base.kind === 'stage' && base.stage === stage)
      const taken = new Map<Step, string[]>()
      for (const cache of caches) {
        const steps = stepsWith(stage, cache, isBase)
        for (const step of steps) taken.set(step, [...(taken.get(step) ?? []), ...cache.targets])
        if (steps.length > 0) tools.add(cache.tool)
      }
      for (const [{ instruction }, targets] of taken)
        edits.push(
          insertAt(
            dockerfile,
            instruction.keyword.span.end,
            targets.map(target => ` --mount=type=cache,target=${target}`).join(''),
          ),
        )
    }
    return edits.length === 0
      ? undefined
      : { edits, title: `Keep the downloads of ${[...tools].join(' and ')} between builds, and out of the image` }
  },
})

/** Without BuildKit the flag is an error: only files that say they are for it. https://docs.docker.com/build/buildkit/frontend/ */
const saysBuildKit = ({ tree, steps }: Dockerfile): boolean =>
  tree.directives.some(({ name, value }) => name === 'syntax' && /^docker(?:\.io\/docker)?\/dockerfile(?::|$)/.test(value)) ||
  steps.some(({ instruction }) => instruction.heredocs.length > 0 || instruction.flags.some(({ name }) => name === 'mount'))

const stepsWith = (stage: Stage, cache: Cache, isBase: boolean): readonly Step[] => {
  if (stage.role === 'unused') return []
  if (cache.image !== undefined && (stage.root.kind !== 'image' || officialImage(stage.root.reference) !== cache.image)) return []
  const runs = stage.steps.filter(step => step.instruction.name === 'RUN' && !step.onbuild)
  const users = runs.filter(step => [...commandsOf(step)].some(({ command }) => cache.uses(command)))
  const isFit = (step: Step): boolean => {
    const user = step.before.user.value
    if (user !== undefined && !(user.known && isRoot(user.value))) return false
    if (
      cache.moved.some(name => step.before.variables.get(name)) ||
      [...commandsOf(step)].some(({ command }) => command.assignments.some(({ name }) => cache.moved.includes(name)))
    )
      return false
    // A step that cleans up would empty what others share.
    return step.scripts.every(
      ({ text }) =>
        !/\bcache (?:clean|rm|purge)\b|\bclean -(?:mod)?cache\b|rm -\w+ [^&;|]*(?:\.npm|\.cache|\/go\/pkg|cargo\/registry|\.m2)\b/.test(
          text,
        ),
    )
  }
  const isDone = (step: Step): boolean =>
    mountsOf(step).some(({ type, target }) => type === 'cache' && target !== undefined && cache.targets.includes(target))
  // What a stage below fetched would be hidden, and what one above wants would be missing.
  if (cache.isShared && (stage.base.kind === 'stage' || isBase)) return []
  if (cache.isShared)
    return users.some(isDone) || !users.every(isFit) || users.some(step => mountsOf(step).some(({ type }) => type === 'cache'))
      ? []
      : users
  return users.filter(step => isFit(step) && !isDone(step) && !mountsOf(step).some(({ type }) => type === 'cache'))
}
