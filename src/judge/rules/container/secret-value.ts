import type { Container } from '../../../model/container.ts'
import type { Location } from '../../../model/finding.ts'
import type { Report } from '../../../model/rule.ts'
import { containerRule } from '../../container-rule.ts'
import type { Detector } from '../../secrets/detector.ts'
import { type Found, type ImageSecret, secretsOfConfigPair, secretsOfText, secretsOfWords } from '../../secrets/image-secrets.ts'
import { detectors } from '../../secrets/registry.ts'
import { isSecretName } from '../../secrets/secret-name.ts'
import { namesIn, worthOf } from '../../secrets/worth.ts'

export default containerRule({
  on: 'container',
  severity: 'high',
  since: '0.1.0',
  profile: 'default',
  summary: 'A secret is written into the definition of a container',
  why: 'Whoever can read the repository has it, and the history keeps it. On the host `docker inspect` and /proc/PID/environ show it, programs hand their environment to every child, and crash reports send it away. A secret that is mounted as a file is in none of these places.',
  examples: [
    {
      bad: 'services:\n  db:\n    image: postgres:17\n    environment:\n      POSTGRES_PASSWORD: x7fQk29LmZp\n',
      good: 'services:\n  db:\n    image: postgres:17\n    environment:\n      POSTGRES_PASSWORD_FILE: /run/secrets/db\n    secrets:\n      - db\nsecrets:\n  db:\n    file: ./db.txt\n',
      byHand: true,
    },
    {
      bad: 'apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\nspec:\n  containers:\n    - name: web\n      image: web:1\n      env:\n        - name: API_TOKEN\n          value: x7fQk29LmZp\n',
      good: 'apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\nspec:\n  containers:\n    - name: web\n      image: web:1\n      env:\n        - name: API_TOKEN\n          valueFrom:\n            secretKeyRef:\n              name: api\n              key: token\n',
      byHand: true,
    },
    {
      bad: 'docker run -e DB_PASSWORD=x7fQk29LmZp web:1',
      good: 'docker run -e DB_PASSWORD_FILE=/run/secrets/db web:1',
      byHand: true,
    },
    {
      bad: 'docker run web:1 server --admin-password x7fQk29LmZp',
      good: 'docker run web:1 server --admin-password-file /run/secrets/admin',
      byHand: true,
    },
  ],
  replaces: ['CIS 4.10', 'env-var-secret', 'C-0012', 'CL-0020', 'CL-0021'],
  links: ['https://docs.docker.com/compose/how-tos/use-secrets/', 'https://kubernetes.io/docs/concepts/configuration/secret/'],
  fixes: 'manual',
  *check(container, _options, { neighbours }): Iterable<Report> {
    // What comes from elsewhere does not stand here.
    const pairs: readonly Pair[] = [
      ...container.environment.flatMap(({ name, value = '', from, at, written }) =>
        from === undefined ? { name, value: written?.value ?? value, at, valueAt: written?.at, where: `\`${name}\`` } : [],
      ),
      ...container.labels.map(({ value: { name, value, written }, at = container.at }) => ({
        name,
        value: written?.value ?? value,
        at,
        valueAt: written?.at,
        where: `the label \`${name}\``,
      })),
    ]
    let known: ReadonlySet<string> | undefined
    const names = (): ReadonlySet<string> => {
      known ??= namesBeside([container, ...neighbours])
      return known
    }
    for (const { name, value, at, valueAt, where } of suspicious(pairs.filter(one => one.value !== ''))) {
      const found = firstOf(secretsOfConfigPair(name, value))
      if (!found) continue
      const secret = `${name}=${value}`.slice(found.start, found.end)
      const place = valueAt && isSameFile(valueAt, at) ? valueAt : at
      yield* told({ container, at, place, where, found, secret, names, reason: isSecretName(name) ? 'name' : 'value' })
    }
    for (const field of ['entrypoint', 'command'] as const) yield* ofWords(container, field, names)
  },
})

type Pair = {
  readonly name: string
  readonly value: string
  readonly at: Location
  /** Of the value alone. */
  readonly valueAt: Location | undefined
  readonly where: string
}

const isSameFile = (one: Location, other: Location): boolean =>
  one.in === 'file' && other.in === 'file' && one.path === other.path

/** What is found in the words of a command is told at its word. */
const ofWords = function* (
  container: Container,
  field: 'entrypoint' | 'command',
  names: () => ReadonlySet<string>,
): Iterable<Report> {
  const { value: words, at, places } = container[field]
  if (!words || words.length === 0 || !at) return
  const text = words.join(' ')
  const all = secretsOfWords(words)
  // A remark in a script is no command, and has words of all kinds behind each other.
  const found = firstOf({ ...all, found: all.found.filter(one => detectorOf(one.id) || !isInRemark(text, one.start)) })
  if (!found) return
  const secret = text.slice(found.start, found.end)
  let index = 0
  let start = 0
  while (index < words.length - 1 && start + words[index]!.length < found.start) start += words[index++]!.length + 1
  const word = words[index]!
  const flag = (/^--?[A-Za-z][\w.-]*(?==)/.exec(word) ?? /^--?[A-Za-z][\w.-]*$/.exec(words[index - 1] ?? ''))?.[0]
  const line = word.slice(0, found.start - start).split('\n').length
  const where = /\n/.test(word)
    ? `line ${line} of the script in the ${field}`
    : flag === undefined || flag === '-c'
      ? `the ${field}`
      : `\`${flag}\` of the ${field}`
  const own = places?.length === words.length ? places[index] : undefined
  if (!own || !isSameFile(own, at)) {
    yield* told({ container, at, place: at, where, found, secret, names, reason: 'command' })
    return
  }
  yield* told({
    container,
    at: own,
    place: partOf(own, word, found.start - start),
    where,
    found,
    secret,
    names,
    reason: 'command',
  })
}

const isInRemark = (text: string, at: number): boolean => /^[ \t]*#/.test(text.slice(text.lastIndexOf('\n', at - 1) + 1, at))

/** A word that stands there as it is, in quotation marks or not, from one of its characters on; else the whole word. */
const partOf = (at: Location, word: string, from: number): Location => {
  if (at.in !== 'file') return at
  const { start, end } = at.span
  const quotes = end - start - word.length
  return quotes === 0 || quotes === 2 ? { ...at, span: { start: start + quotes / 2 + from, end } } : at
}

/** Of what stands beside it. */
const namesBeside = (containers: readonly Container[]): ReadonlySet<string> =>
  namesIn(
    containers.flatMap(({ name, image, user, environment }) => [
      name,
      image.value?.replace(/[:@].*$/, '') ?? '',
      user.value ?? '',
      ...environment.flatMap(one => [one.name, isNaming.test(one.name) && one.from === undefined ? (one.value ?? '') : '']),
    ]),
  )
const isNaming = /(?:^|[_-])(?:user(?:name)?|login|db|database|name|schema|bucket|org|realm|domain)$/i

/** Those worth a close look. One look at all of them together costs a tenth of one at each. */
const suspicious = (pairs: readonly Pair[]): readonly Pair[] => {
  if (pairs.length === 0) return pairs
  const lines = pairs.map(({ name, value }) => `${name}=${value}`)
  const { hidden } = secretsOfText(lines.join('\n'))
  let start = 0
  return pairs.filter(({ name }, i) => {
    const from = start
    start += lines[i]!.length + 1
    return isSecretName(name) || hidden.some(one => one.start < start && from < one.end)
  })
}

/** Of several in one place the first says enough: those that are known by their shape come before those known by their name. */
const firstOf = ({ found }: Found): ImageSecret | undefined => found.find(({ id }) => detectorOf(id)) ?? found[0]

const detectorOf = (id: string): Detector | undefined =>
  Object.hasOwn(detectors, id) && detectors[id]!.onlyIn === undefined ? detectors[id] : undefined

type Telling = {
  readonly container: Container
  readonly at: Location
  /** What no output shows. */
  readonly place: Location
  readonly where: string
  readonly found: ImageSecret
  readonly secret: string
  readonly names: () => ReadonlySet<string>
  readonly reason: 'name' | 'value' | 'command'
}

const told = function* ({ container: { form }, at, place, where, found, secret, names, reason }: Telling): Iterable<Report> {
  const detector = detectorOf(found.id)
  // Anybody may choose a password: no issuer's shape says that it is one.
  const isPassword = detector !== undefined && /-password$|^connection-string$/.test(found.id)
  const worth = detector && !isPassword ? 'own' : worthOf(secret, names())
  if (worth === 'none') return
  const isSample = worth === 'sample'
  const isGuessed = worth === 'guessable'
  const kind = detector ? 'value' : reason
  const severity = isSample ? 'low' : isGuessed ? 'medium' : detector && !isPassword ? 'critical' : 'high'
  const instead =
    form === 'kubernetes'
      ? 'keep it in a Secret, mounted as a file'
      : 'give it as a secret in a file: many images read NAME_FILE in place of NAME'
  yield {
    at,
    severity,
    message: `${where} ${holds[kind]}${detector ? `: ${detector.name}` : ''}${isSample ? samples[kind] : isGuessed ? guesses[kind] : whole[kind]}`,
    ...(place.in === 'file' ? { redact: [place.span] } : {}),
    fix: {
      title: `${isSample ? 'Put a new one there, and' : detector && !isPassword ? `Revoke it first (${detector.link}), and` : 'Change it where it is used, and'} ${instead}`,
      safety: 'manual',
      edits: [],
    },
  }
}

type Text = Readonly<Record<Telling['reason'], string>>
const holds: Text = { name: 'is a secret by its name', value: 'holds a credential', command: 'gives a secret away' }
const samples: Text = {
  name: ', and what is written here is a sample that somebody will keep',
  value: ', a sample that somebody will keep',
  command: ', a sample that somebody will keep',
}
const guesses: Text = {
  name: ', and everybody guesses what is written here',
  value: ', which everybody guesses',
  command: ', which everybody guesses',
}
const whole: Text = {
  name: ', and its value is written here',
  value: '',
  command: ': every process of the host can read the arguments of others',
}
