/**
 * The options of `docker run`, `podman run` and `nerdctl run`, and how their words are split. All three are made with pflag
 * (https://pkg.go.dev/github.com/spf13/pflag): `--name value`, `--name=value`, `-nvalue`, `-n value`, `-n=value`; one-letter options may stand together,
 * the last of them with its value; a boolean takes a value only with `=`. Options end at the first operand, or at `--`.
 */
import type { Location, Problem } from '../../model/finding.ts'

/** A word of a command line. `text` is without quotes and escapes; expansions stay as they were written, and then `known` is false. */
export type CommandWord = {
  readonly text: string
  readonly at: FileLocation
  readonly known: boolean
  /** It stood in quotes: an expansion in it is one word. */
  readonly quoted?: boolean
}
export type FileLocation = Extract<Location, { in: 'file' }>

export type Program = 'docker' | 'podman' | 'nerdctl'

/** One option with its value. */
export type FlagUse = {
  /** The long name without dashes, aliases resolved: `net` is `network`. */
  readonly name: string
  /** As it was written, for messages: `-v`, `--net`. */
  readonly written: string
  /** Of a boolean: `true` when it has none. */
  readonly value: string
  /** The value holds no expansion. */
  readonly known: boolean
  readonly at: FileLocation
}

const names = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/))

/** https://docs.docker.com/reference/cli/docker/container/run/ */
const booleans =
  names(`detach disable-content-trust help init interactive no-healthcheck oom-kill-disable privileged publish-all quiet
  read-only rm sig-proxy tty use-api-socket`)
const values =
  names(`add-host annotation attach blkio-weight blkio-weight-device cap-add cap-drop cgroup-parent cgroupns cidfile cpu-count
  cpu-percent cpu-period cpu-quota cpu-rt-period cpu-rt-runtime cpu-shares cpus cpuset-cpus cpuset-mems detach-keys device device-cgroup-rule
  device-read-bps device-read-iops device-write-bps device-write-iops dns dns-option dns-search domainname entrypoint env env-file expose gpus
  group-add health-cmd health-interval health-retries health-start-interval health-start-period health-timeout hostname io-maxbandwidth
  io-maxiops ip ip6 ipc isolation kernel-memory label label-file link link-local-ip log-driver log-opt mac-address memory memory-reservation
  memory-swap memory-swappiness mount name network network-alias oom-score-adj pid pids-limit platform publish pull restart runtime
  security-opt shm-size stop-signal stop-timeout storage-opt sysctl tmpfs ulimit user userns uts volume volume-driver volumes-from workdir`)

/** https://docs.podman.io/en/latest/markdown/podman-run.1.html */
const podmanBooleans = names(
  `env-host http-proxy no-hostname no-hosts passwd read-only-tmpfs replace rmi rootfs tls-verify unsetenv-all`,
)
const podmanValues =
  names(`arch authfile cert-dir cgroup-conf cgroups chrootdirs conmon-pidfile creds decryption-key env-merge gidmap group-entry
  health-log-destination health-max-log-count health-max-log-size health-on-failure health-startup-cmd health-startup-interval
  health-startup-retries health-startup-success health-startup-timeout hosts-file hostuser image-volume init-path os passwd-entry personality
  pidfile pod pod-id-file preserve-fd preserve-fds rdt-class requires retry retry-delay sdnotify seccomp-policy secret shm-size-systemd
  subgidname subuidname systemd timeout tz uidmap umask unsetenv variant`)

/** https://github.com/containerd/nerdctl/blob/main/docs/command-reference.md */
const nerdctlBooleans = names('rootfs')
const nerdctlValues = names(`blkio-weight cgroup-conf cosign-certificate-identity cosign-certificate-identity-regexp
  cosign-certificate-oidc-issuer cosign-certificate-oidc-issuer-regexp cosign-key health-start-interval init-binary ipfs-address log-opt
  pidfile rdt-class systemd umask userns-remap verify`)

const aliases: ReadonlyMap<string, string> = new Map([
  ['net', 'network'],
  ['net-alias', 'network-alias'],
  ['dns-opt', 'dns-option'],
  ['healthcheck-command', 'health-cmd'],
])

const letters: Readonly<Record<string, string>> = {
  a: 'attach',
  c: 'cpu-shares',
  d: 'detach',
  e: 'env',
  h: 'hostname',
  i: 'interactive',
  l: 'label',
  m: 'memory',
  p: 'publish',
  P: 'publish-all',
  q: 'quiet',
  t: 'tty',
  u: 'user',
  v: 'volume',
  w: 'workdir',
}

/** Options before the subcommand. `docker --help`, `podman --help`, `nerdctl --help`. */
const globals: Readonly<
  Record<Program, { booleans: ReadonlySet<string>; values: ReadonlySet<string>; letters: Record<string, string> }>
> = {
  docker: {
    booleans: names('debug help tls tlsverify version'),
    values: names('config context host log-level tlscacert tlscert tlskey'),
    letters: { c: 'context', D: 'debug', H: 'host', l: 'log-level', v: 'version' },
  },
  podman: {
    booleans: names('help noout remote syslog transient-store trace version'),
    values:
      names(`cdi-spec-dir cgroup-manager cni-config-dir config conmon connection context db-backend events-backend hooks-dir host identity
      imagestore log-level module namespace network-cmd-path network-config-dir out root runroot runtime runtime-flag ssh storage-driver
      storage-opt tls-ca tls-cert tls-key tmpdir url volumepath`),
    letters: { c: 'connection', H: 'host', r: 'remote', v: 'version' },
  },
  nerdctl: {
    booleans: names('debug debug-full experimental help insecure-registry kube-hide-dupe version'),
    values:
      names(`address bridge-ip cdi-spec-dirs cgroup-manager cni-netconfpath cni-path data-root host host-gateway-ip hosts-dir namespace
      snapshotter storage-driver userns-remap`),
    letters: { a: 'address', H: 'host', n: 'namespace', v: 'version' },
  },
}

/** Options that podman and nerdctl declare as StringSlice: one value may name several, separated by commas. */
const slices =
  names(`add-host annotation attach cap-add cap-drop cgroup-conf device device-cgroup-rule dns dns-option dns-search env-file expose
  gidmap group-add label-file network-alias publish sysctl uidmap ulimit volumes-from`)

const booleanText: Readonly<Record<string, boolean>> = {
  '1': true,
  t: true,
  T: true,
  true: true,
  TRUE: true,
  True: true,
  '0': false,
  f: false,
  F: false,
  false: false,
  FALSE: false,
  False: false,
}
/** As Go's strconv.ParseBool reads it. */
export const booleanIn = (text: string): boolean | undefined => (Object.hasOwn(booleanText, text) ? booleanText[text] : undefined)

/** From the first place to the last. */
export const joined = (first: FileLocation, last: FileLocation): FileLocation =>
  first === last
    ? first
    : {
        in: 'file',
        path: first.path,
        span: { start: Math.min(first.span.start, last.span.start), end: Math.max(first.span.end, last.span.end) },
      }

type Kind = 'boolean' | 'value'
type Options = { kindOf(name: string): Kind | undefined; readonly letters: Readonly<Record<string, string>> }

const globalOptions = (program: Program): Options => {
  const known = globals[program]
  return {
    letters: known.letters,
    kindOf: name => (known.booleans.has(name) ? 'boolean' : known.values.has(name) ? 'value' : undefined),
  }
}

const runOptions = (program: Program): Options => ({
  letters,
  kindOf: name => {
    if (booleans.has(name)) return 'boolean'
    if (values.has(name)) return 'value'
    if (program === 'docker') return undefined
    const [own, ownValues] = program === 'podman' ? [podmanBooleans, podmanValues] : [nerdctlBooleans, nerdctlValues]
    if (own.has(name)) return 'boolean'
    // Both programs take their global options behind the subcommand too.
    return ownValues.has(name) ? 'value' : globalOptions(program).kindOf(name)
  },
})

/** https://docs.docker.com/reference/cli/docker/container/exec/ */
const execBooleans = names('detach help interactive latest no-session privileged tty')
const execOptions: Options = {
  letters: { d: 'detach', e: 'env', i: 'interactive', l: 'latest', t: 'tty', u: 'user', w: 'workdir' },
  kindOf: name =>
    execBooleans.has(name)
      ? 'boolean'
      : /^(?:detach-keys|env|env-file|user|workdir|cidfile|preserve-fds|preserve-fd)$/.test(name)
        ? 'value'
        : undefined,
}

export type Flags = {
  readonly uses: readonly FlagUse[]
  /** Index of the first operand; `words.length` when there is none. */
  readonly rest: number
  readonly problems: readonly Problem[]
}

type WordKind = 'operand' | 'options'

/**
 * Splits words into options and operands, from `from` on. `unknownWord` says what a word is taken for that stands where an option or the first operand
 * may stand and whose value is unknown (`$OPTS`).
 */
const readFlags = (
  words: readonly CommandWord[],
  from: number,
  options: Options,
  split: boolean,
  unknownWord: (at: number) => WordKind,
): Flags => {
  const uses: FlagUse[] = []
  const problems: Problem[] = []
  let at = from
  const counts = new Map<string, number>()
  const add = (one: FlagUse): void => {
    const count = (counts.get(one.name) ?? 0) + 1
    counts.set(one.name, count)
    if (count <= maxUses) uses.push(one)
    else if (count === maxUses + 1)
      // Where the command is asked about itself, that is no judgement.
      problems.push({
        kind: 'failed',
        code: 'docker-run-too-many-options',
        message: `\`${one.written}\` stands more than ${maxUses} times in one command; the rest of them is not judged`,
        at: one.at,
      })
  }
  const use = (name: string, written: string, value: string, known: boolean, place: FileLocation): void => {
    if (split && slices.has(name) && value.includes(',')) {
      for (const part of value.split(',')) if (part !== '') add({ name, written, value: part, known, at: place })
    } else add({ name, written, value, known, at: place })
  }
  const unknownFlag = (written: string, place: FileLocation): void => {
    problems.push({
      kind: 'uncovered',
      code: 'docker-run-unknown-flag',
      message: `\`${written}\` is no option that is known here; what it does is not judged`,
      at: place,
    })
  }
  /** The word behind, as the value of an option. */
  const following = (written: string, place: FileLocation): CommandWord | undefined => {
    const next = words[at + 1]
    if (next) at++
    else
      problems.push({
        kind: 'failed',
        code: 'docker-run-invalid',
        message: `\`${written}\` needs a value, and none follows`,
        at: place,
      })
    return next
  }

  for (; at < words.length; at++) {
    const word = words[at]!
    const { text } = word
    if (text === '--') {
      at++
      break
    }
    if (text === '-' || !text.startsWith('-')) {
      // An empty word that is not quoted is none: `$EMPTY` is met here as well.
      if (word.known || unknownWord(at) === 'operand') break
      problems.push({
        kind: 'uncovered',
        code: 'docker-run-unknown-words',
        message: `the words of \`${shown(text)}\` are not known; what they say is not judged`,
        at: word.at,
      })
      continue
    }
    if (text.startsWith('--')) {
      const equals = text.indexOf('=')
      const written = equals === -1 ? text : text.slice(0, equals)
      const name = aliases.get(written.slice(2)) ?? written.slice(2)
      const kind = options.kindOf(name)
      if (kind === undefined) {
        unknownFlag(written, word.at)
        // Most options take a value; one before another option, or with nothing behind it, does not.
        const next = words[at + 1]
        if (equals === -1 && next && at + 2 < words.length && !next.text.startsWith('-')) at++
      } else if (equals !== -1) use(name, written, text.slice(equals + 1), word.known, word.at)
      else if (kind === 'boolean') use(name, written, 'true', true, word.at)
      else {
        const value = following(written, word.at)
        if (value) use(name, written, value.text, value.known, joined(word.at, value.at))
      }
      continue
    }
    // One-letter options. A word that was written without quotes says where each letter stands.
    const plain = word.at.span.end - word.at.span.start === text.length
    const placeOf = (start: number, end: number): FileLocation =>
      plain && text.length > 2 && (start > 1 || end < text.length)
        ? { in: 'file', path: word.at.path, span: { start: word.at.span.start + start, end: word.at.span.start + end } }
        : word.at
    for (let i = 1; i < text.length; i++) {
      const letter = text[i]!
      const written = `-${letter}`
      const name = options.letters[letter]
      const kind = name === undefined ? undefined : options.kindOf(name)
      if (name === undefined || kind === undefined) {
        unknownFlag(written, word.at)
        break
      }
      if (kind === 'boolean') {
        if (text[i + 1] !== '=') {
          use(name, written, 'true', true, placeOf(i, i + 1))
          continue
        }
        use(name, written, text.slice(i + 2), word.known, placeOf(i, text.length))
        break
      }
      if (i + 1 < text.length) {
        const value = text.slice(text[i + 1] === '=' ? i + 2 : i + 1)
        use(name, written, value, word.known, placeOf(i, text.length))
      } else {
        const value = following(written, word.at)
        if (value) use(name, written, value.text, value.known, joined(placeOf(i, text.length), value.at))
      }
      break
    }
  }
  return { uses, rest: Math.min(at, words.length), problems: fewer(problems) }
}

/** Of one option in one command. Every option that is there is among what is read, however often another one stands before it. */
const maxUses = 1_000
/** Told of one command. */
const maxProblems = 100

const fewer = (problems: readonly Problem[]): readonly Problem[] => {
  const next = problems[maxProblems]
  if (!next) return problems
  const what = `what is not known of one command is told ${maxProblems} times; ${problems.length - maxProblems} more follow here`
  return [
    ...problems.slice(0, maxProblems),
    { kind: 'failed', code: 'docker-run-too-many-options', message: what, ...(next.at ? { at: next.at } : {}) },
  ]
}

/** A text in a message: not longer than a line. */
export const shown = (text: string): string => {
  const line = text.replace(/\s+/g, ' ')
  return line.length > 80 ? `${line.slice(0, 77)}...` : line
}

export const readGlobalFlags = (words: readonly CommandWord[], from: number, program: Program): Flags =>
  readFlags(words, from, globalOptions(program), false, at => (words.length - at > 1 ? 'options' : 'operand'))

export const readExecFlags = (words: readonly CommandWord[], from: number): Flags =>
  readFlags(words, from, execOptions, false, at =>
    isOptionsWord(words, at, execOptions, /container|name|id\b/i) ? 'options' : 'operand',
  )

const imageNames = /image|img|build|tag|repo|registr|container/i

export const readRunFlags = (words: readonly CommandWord[], from: number, program: Program): Flags => {
  const options = runOptions(program)
  return readFlags(words, from, options, program !== 'docker', at =>
    isOptionsWord(words, at, options, imageNames) ? 'options' : 'operand',
  )
}

const optionNames =
  /opt|arg|flag|param|extra|mount|vol|env|priv|net|device|gpu|port|limit|user|label|cap|sec|detach|interactive|tty/i
const several = /^\$(?:[@*]|\{[@*]|\{[^}]*\[[@*]\]|\{[^}]*:?[+])/

/**
 * Whether `$X` where the image may stand holds options rather than the image. Nobody can know; names and what follows tell most:
 * `docker run $OPTS nginx`, `docker run "$IMAGE" sh`.
 */
const isOptionsWord = (words: readonly CommandWord[], at: number, options: Options, operand: RegExp): boolean => {
  const { text, quoted } = words[at]!
  const next = words[at + 1]
  // What begins with letters is no option: `registry/$X`.
  if (!/^[$`]/.test(text)) return false
  if (several.test(text)) return true
  if (next === undefined) return false
  if (/(?:opt|option|arg|flag|param)s?\b/i.test(text)) return true
  if (operand.test(text)) return false
  if (optionNames.test(text)) return true
  if (quoted) return false
  if (next.known && /^[a-z0-9][\w.-]*(?:[:/][\w./:@-]+)$/.test(next.text)) return true
  if (/^-(?:[vpd]|it|ti)/.test(next.text)) return true
  const option = /^--([a-z][a-z0-9-]*)/.exec(next.text)?.[1]
  return option !== undefined && options.kindOf(aliases.get(option) ?? option) !== undefined
}
