import type { Container } from '../../../model/container.ts'
import type { Location } from '../../../model/finding.ts'
import type { Report } from '../../../model/rule.ts'
import { containerRule } from '../../container-rule.ts'
import { isPlaceholder } from '../../secrets/detector.ts'
import { type Found, secretsOfConfigPair, secretsOfWords } from '../../secrets/image-secrets.ts'
import { detectors } from '../../secrets/registry.ts'

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
  replaces: ['CIS 4.10', 'KSV-0109', 'CKV_K8S_35', 'env-var-secret', 'C-0012', 'C-0207', 'CL-0020', 'CL-0021'],
  links: ['https://docs.docker.com/compose/how-tos/use-secrets/', 'https://kubernetes.io/docs/concepts/configuration/secret/'],
  fixes: 'manual',
  *check(container): Iterable<Report> {
    // What comes from elsewhere does not stand here.
    for (const { name, value, from, at } of container.environment)
      if (value !== undefined && value !== '' && from === undefined)
        yield* told(container, at, `\`${name}\``, name, value, secretsOfConfigPair(name, value))
    for (const { value, at } of container.labels)
      if (value.value !== '')
        yield* told(
          container,
          at ?? container.at,
          `the label \`${value.name}\``,
          value.name,
          value.value,
          secretsOfConfigPair(value.name, value.value),
        )
    for (const field of ['entrypoint', 'command'] as const) {
      const { value, at } = container[field]
      if (value && value.length > 0 && at)
        yield* told(container, at, `the ${field}`, undefined, value.join(' '), secretsOfWords(value))
    }
  },
})

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
          ? `${where} is a secret by its name, and its value is written here`
          : `${where} gives a secret away: every process of the host can read the arguments of others`,
    ...(at.in === 'file' ? { redact: [at.span] } : {}),
    fix: {
      title: `${isSample ? 'Put a new one there, and' : detector ? `Revoke it first (${detector.link}), and` : 'Change it where it is used, and'} ${instead}`,
      safety: 'manual',
      edits: [],
    },
  }
}
