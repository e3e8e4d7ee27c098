/** What a command would start: a container, what files declare, a script, or something that nobody can judge from here. */
import { baseName } from '../shell/wrappers.ts'
import { commandLine } from './command-line.ts'
import { readGlobalFlags } from './flags.ts'
import { behindWrappers, programOf, readDockerRun } from './read-docker-run.ts'

export type Starting =
  /** Nothing that concerns containers. */
  | { readonly starts: 'nothing' }
  | { readonly starts: 'container' }
  /** Compose files or manifests, as named. Empty: those with the default names in `folder`. */
  | { readonly starts: 'files'; readonly paths: readonly string[]; readonly folder: string | undefined }
  /** A text that a shell runs. */
  | { readonly starts: 'script'; readonly text: string }
  /** Containers, or rights, of which the command does not say enough, in words: “docker service create”. */
  | { readonly starts: 'unjudged'; readonly what: string }

const nothing: Starting = { starts: 'nothing' }

/** Options that take a value: https://docs.docker.com/reference/cli/docker/compose/, https://kubernetes.io/docs/reference/kubectl/kubectl/ */
const composeValues = new Set(
  '-f --file -p --project-name --profile --project-directory --env-file --ansi --progress --parallel --podman-args -H --host'.split(
    ' ',
  ),
)
const kubectlValues = new Set(
  '-n --namespace --context --cluster --user --kubeconfig -s --server --token --as --as-group --request-timeout -v --v'.split(
    ' ',
  ),
)

type Split = {
  readonly verb: readonly string[]
  readonly options: readonly (readonly [name: string, value: string | undefined])[]
}

/** Options and words, in order; what follows an option that takes a value is its value. */
const split = (words: readonly string[], takesValue: ReadonlySet<string>): Split => {
  const verb: string[] = []
  const options: (readonly [string, string | undefined])[] = []
  for (let i = 0; i < words.length; i++) {
    const word = words[i]!
    if (word === '--') {
      verb.push(...words.slice(i + 1))
      break
    }
    if (!word.startsWith('-') || word === '-') verb.push(word)
    else if (word.startsWith('--') && word.includes('='))
      options.push([word.slice(0, word.indexOf('=')), word.slice(word.indexOf('=') + 1)])
    else if (takesValue.has(word)) options.push([word, words[++i]])
    else if (/^-[a-zA-Z]./.test(word) && takesValue.has(word.slice(0, 2)))
      options.push([word.slice(0, 2), word.slice(2).replace(/^=/, '')])
    else options.push([word, undefined])
  }
  return { verb, options }
}

const valuesOf = ({ options }: Split, ...names: readonly string[]): readonly string[] =>
  options.flatMap(([name, value]) => (names.includes(name) && value !== undefined ? [value] : []))

/** What makes containers of a Compose project, or starts those that it declares. `exec` joins one that is there, and may be privileged. */
const composeStarts = /^(?:up|run|create|start|restart|watch|scale)$/

const compose = (words: readonly string[]): Starting => {
  const parts = split(words, composeValues)
  const [verb = ''] = parts.verb
  if (verb === 'exec' && words.includes('--privileged')) return { starts: 'unjudged', what: 'compose exec --privileged' }
  if (!composeStarts.test(verb)) return nothing
  if (verb === 'run' && words.some(word => /^(?:--cap-add|--volume|--privileged)(?:=|$)|^-[a-zA-Z]*v/.test(word)))
    return { starts: 'unjudged', what: 'compose run with rights of its own' }
  return {
    starts: 'files',
    paths: valuesOf(parts, '-f', '--file'),
    folder: valuesOf(parts, '--project-directory')[0],
  }
}

/** Subcommands that start containers, or give rights, other than `run` and `create`. `words`: from the subcommand on. */
const engine = (program: string, words: readonly string[]): Starting => {
  const [first = '', ...rest] = words
  const second = rest.find(word => !word.startsWith('-')) ?? ''
  const unjudged = (what: string): Starting => ({ starts: 'unjudged', what: `${program} ${what}` })
  switch (first) {
    case 'compose':
      return compose(rest)
    case 'service':
      return second === 'create' || second === 'update' ? unjudged(`service ${second}`) : nothing
    case 'stack': {
      if (second !== 'deploy' && second !== 'up') return nothing
      const files = valuesOf(
        split(rest, new Set(['-c', '--compose-file', '--orchestrator', '--resolve-image'])),
        '-c',
        '--compose-file',
      )
      return files.length > 0 ? { starts: 'files', paths: files, folder: undefined } : unjudged('stack deploy')
    }
    case 'kube':
    case 'play': {
      if (first === 'kube' && second !== 'play' && second !== 'apply') return nothing
      const values = new Set(
        '--annotation --authfile --cert-dir --configmap --creds --log-driver --log-opt --network --ip --mac-address --seccomp-profile-root --username --userns --publish --context-dir'.split(
          ' ',
        ),
      )
      const paths = split(rest, values).verb.slice(1)
      return paths.length > 0 ? { starts: 'files', paths, folder: undefined } : unjudged(`${first} play`)
    }
    case 'pod':
      return second === 'create' || second === 'clone' ? unjudged(`pod ${second}`) : nothing
    case 'plugin':
      return (second === 'install' || second === 'upgrade') && words.includes('--grant-all-permissions')
        ? unjudged(`plugin ${second}`)
        : nothing
    case 'volume':
      return second === 'create' && words.some(word => /(?:^|[=,])(?:device|o)=/.test(word))
        ? unjudged('volume create with a device')
        : nothing
    case 'build':
    case 'buildx':
    case 'builder':
    case 'image':
      return words.some(word => /^(?:--allow=)?(?:security\.insecure|network\.host|device)/.test(word)) ||
        words.includes('--privileged')
        ? unjudged('build with rights of the host')
        : nothing
    case 'container':
      return second === 'runlabel' ? unjudged('container runlabel') : nothing
    default:
      return nothing
  }
}

const kubectl = (words: readonly string[]): Starting => {
  const parts = split(words, new Set([...kubectlValues, '-f', '--filename', '-k', '--kustomize']))
  const [verb = ''] = parts.verb
  if (verb === 'run' || verb === 'debug') return { starts: 'unjudged', what: `kubectl ${verb}` }
  if (!/^(?:apply|create|replace)$/.test(verb)) return nothing
  const paths = valuesOf(parts, '-f', '--filename').flatMap(value => value.split(','))
  if (valuesOf(parts, '-k', '--kustomize').length > 0)
    return { starts: 'unjudged', what: `kubectl ${verb} -k; judge what \`kubectl kustomize\` prints` }
  if (paths.length === 0) return nothing
  if (paths.some(path => path === '-' || /^https?:/.test(path)))
    return { starts: 'unjudged', what: `kubectl ${verb} of what is not here` }
  return { starts: 'files', paths, folder: undefined }
}

/** `words`: as a program gets them. */
export const startingOf = (words: readonly string[]): Starting => {
  const all = commandLine(words).words
  if (readDockerRun(all)) return { starts: 'container' }
  const own = behindWrappers(all)
  const name = baseName(own[0]?.text ?? '').replace(/\.exe$/i, '')
  const program = programOf(own[0])
  const texts = own.map(({ text }) => text)
  if (program !== undefined) return engine(name, texts.slice(readGlobalFlags(own, 1, program).rest))
  const rest = texts.slice(1)
  if (/^(?:docker-compose|podman-compose)$/.test(name)) return compose(rest)
  if (/^(?:kubectl|oc|k3s|microk8s)$/.test(name)) return kubectl(name === 'k3s' || name === 'microk8s' ? rest.slice(1) : rest)
  if (/^(?:sh|bash|dash|ash|ksh|zsh)$/.test(name)) {
    const flag = rest.findIndex(word => /^-[a-z]*c[a-z]*$/.test(word))
    return flag === -1 || rest[flag + 1] === undefined ? nothing : { starts: 'script', text: rest[flag + 1]! }
  }
  return nothing
}
