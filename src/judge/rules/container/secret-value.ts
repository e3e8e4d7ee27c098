import type { Container, ContainerForm } from '../../../model/container.ts'
import type { Location } from '../../../model/finding.ts'
import type { Report } from '../../../model/rule.ts'
import type { Span } from '../../../model/text.ts'
import { containerRule } from '../../container-rule.ts'
import { isPlaceholder } from '../../secrets/detector.ts'
import { type Found, secretsOfConfigPair, secretsOfText, secretsOfWords } from '../../secrets/image-secrets.ts'
import { detectors } from '../../secrets/registry.ts'
import { isSecretName } from '../../secrets/secret-name.ts'

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
  *check(container): Iterable<Report> {
    // What comes from elsewhere does not stand here.
    const pairs: readonly Pair[] = [
      // What comes from elsewhere does not stand here.
      ...container.environment.flatMap(({ name, value = '', from, at }) =>
        from === undefined && value !== '' ? [{ name, value, at, where: `\`${name}\`` }] : [],
      ),
      ...container.labels.flatMap(({ value: { name, value }, at = container.at }) =>
        value === '' ? [] : [{ name, value, at, where: `the label \`${name}\`` }],
      ),
    ]
    for (const { name, value, at, where } of suspicious(pairs))
      yield* told(container, at, where, name, value, secretsOfConfigPair(name, value))
    for (const field of ['entrypoint', 'command'] as const) {
      const { value, at } = container[field]
      if (value && value.length > 0 && at)
        yield* told(container, at, `the ${field}`, undefined, value.join(' '), secretsOfWords(value))
    }
  },
})

type Pair = { readonly name: string; readonly value: string; readonly at: Location; readonly where: string }

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

const told = function* (
  { form }: Container,
  at: Location,
  where: string,
  name: string | undefined,
  value: string,
  { found }: Found,
): Iterable<Report> {
  // Of several in one place the first says enough: those that are known by their shape come before those known by their name.
  const known = found.find(({ id }) => Object.hasOwn(detectors, id) && detectors[id]!.onlyIn === undefined)
  const first = known ?? found[0]
  if (!first) return
  const text = name === undefined ? value : `${name}=${value}`
  const detector = known && detectors[known.id]
  const isSample = !known && isPlaceholder(text.slice(first.start, first.end))
  const instead =
    form === 'kubernetes'
      ? 'keep it in a Secret, mounted as a file'
      : 'give it as a secret in a file: many images read NAME_FILE in place of NAME'
  yield {
    at,
    severity: detector ? 'critical' : isSample ? 'low' : 'high',
    message: detector
      ? `${where} holds a credential: ${detector.name}`
      : isSample
        ? `${where} is a secret by its name, and what is written here is a sample that somebody will keep`
        : name !== undefined
          ? isSecretName(name)
            ? `${where} is a secret by its name, and its value is written here`
            : `${where} holds a secret`
          : `${where} gives a secret away: every process of the host can read the arguments of others`,
    ...(at.in === 'file' ? { redact: [hiddenPart(at.span, form, name, value)] } : {}),
    fix: {
      title: `${isSample ? 'Put a new one there, and' : detector ? `Revoke it first (${detector.link}), and` : 'Change it where it is used, and'} ${instead}`,
      safety: 'manual',
      edits: [],
    },
  }
}

/** All of the entry but its name, where that certainly stands in front. */
const hiddenPart = (span: Span, form: ContainerForm, name: string | undefined, value: string): Span => {
  const length = span.end - span.start
  const isPlain =
    name !== undefined && form !== 'kubernetes' && length > name.length + value.length && length < name.length + value.length + 12
  return isPlain ? { start: span.start + name.length, end: span.end } : span
}
