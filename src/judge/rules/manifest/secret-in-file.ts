import type { Report } from '../../../model/rule.ts'
import type { Span } from '../../../model/text.ts'
import { asMap, type Field, fieldsOf, get } from '../../../read/yaml/fields.ts'
import { stringOf } from '../../../read/yaml/scalars.ts'
import { resolved, type YamlDocument, type YamlNode } from '../../../read/yaml/tree.ts'
import { type ManifestFile, manifestRule } from '../../manifest-rule.ts'
import { detectSecrets } from '../../secrets/detect.ts'
import { isSaidOf } from '../../secrets/given-value.ts'
import { isAboutSecret, isSecretName } from '../../secrets/secret-name.ts'
import { namesIn, worthOf } from '../../secrets/worth.ts'

export default manifestRule({
  on: 'manifests',
  severity: 'high',
  since: '0.1.0',
  profile: 'default',
  summary: 'A secret stands in a file that is kept with the code',
  why: 'Base64 is no encryption: whoever can read the repository, or any clone, fork or backup of it, reads what is in a Secret. Deleting the line leaves it in the history. A secret belongs into a store that the cluster or the engine asks, or into the file only in an encrypted form that the cluster alone can open.',
  examples: [
    {
      bad: 'apiVersion: v1\nkind: Secret\nmetadata:\n  name: db\ndata:\n  password: eDdmUWsyOUxtWnA=\n',
      good: 'apiVersion: external-secrets.io/v1\nkind: ExternalSecret\nmetadata:\n  name: db\nspec:\n  dataFrom:\n    - extract:\n        key: db\n',
      byHand: true,
    },
    {
      bad: 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: web\ndata:\n  DB_PASSWORD: x7fQk29LmZp\n',
      good: 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: web\ndata:\n  DB_PASSWORD_FILE: /run/secrets/db\n',
      byHand: true,
    },
    {
      bad: 'services:\n  web:\n    build:\n      context: .\n      args:\n        NPM_TOKEN: x7fQk29LmZp\n',
      good: 'services:\n  web:\n    build:\n      context: .\n      secrets:\n        - npm\nsecrets:\n  npm:\n    environment: NPM_TOKEN\n',
      byHand: true,
    },
    {
      bad: 'services:\n  web:\n    image: web:1\n# docker login -p x\nx-key: postgres://ann:Xk29qLmZp@db.internal/app\n',
      good: 'services:\n  web:\n    image: web:1\nx-key: postgres://db.internal/app\n',
      byHand: true,
    },
  ],
  replaces: ['KSV-0109', 'C-0012'],
  links: ['https://kubernetes.io/docs/concepts/configuration/secret/', 'https://docs.docker.com/compose/how-tos/use-secrets/'],
  fixes: 'manual',
  *check(subject): Iterable<Report> {
    const told: Span[] = []
    const { text } = subject.file
    let names: ReadonlySet<string> | undefined
    const beside = (): ReadonlySet<string> => {
      names ??= namesIn(text.match(named) ?? [])
      return names
    }
    // By their shape they are known wherever they stand, in comments too.
    for (const { id, detector, start, end, prefix } of detectSecrets(text)) {
      // Those that go by the name in front are judged by the name, below.
      if (detector.onlyIn) continue
      told.push({ start, end })
      // Anybody may choose a password: no issuer's shape says that it is one.
      const isPassword = /-password$|^connection-string$/.test(id)
      const worth = isPassword ? worthOf(text.slice(start, end), beside()) : 'own'
      if (worth === 'none') continue
      // Such as `ghp_`; of the head of a block of keys nobody learns more.
      const shown = end - start < 16 || !/^[A-Za-z][\w-]*[_-]$|^[A-Z\d]{4}$/.test(prefix) ? '' : ` (\`${prefix}…\`)`
      yield {
        at: { start, end },
        severity: isPassword ? severities[worth] : 'critical',
        redact: [{ start: Math.min(end, start + (end - start < 16 ? 0 : prefix.length)), end }],
        message: `a credential stands here: ${detector.name}${shown}${worth === 'sample' ? ', a sample that somebody will keep' : worth === 'guessable' ? ', which everybody guesses' : ''}`,
        fix: {
          title: isPassword
            ? 'Change it where it is used, and keep the new one out of the file'
            : `Revoke it first (${detector.link}): ${detector.revoke} Then keep the new one out of the file`,
          safety: 'manual',
          edits: [],
        },
      }
    }
    for (const { field, value, what } of namedValues(subject)) {
      const { span } = field.value
      if (told.some(one => one.start < span.end && span.start < one.end)) continue
      const worth = worthOf(value, beside())
      if (worth === 'none') continue
      yield {
        at: { start: field.key.span.start, end: span.end },
        redact: [span],
        severity: severities[worth],
        message: `\`${field.name}\` ${what}, and ${says[worth]}`,
        fix: {
          title:
            subject.form === 'compose'
              ? 'Change it where it is used, and give it as a secret from a file or the environment'
              : 'Change it where it is used, and let the cluster fetch it from a store, or seal it',
          safety: 'manual',
          edits: [],
        },
      }
    }
  },
})

const severities = { own: 'high', guessable: 'medium', sample: 'low' } as const
const says = {
  own: 'its value is written here',
  guessable: 'everybody guesses what is written here',
  sample: 'what is written here is a sample that somebody will keep',
} as const

/** What objects, images and users are called, the kinds that Secrets have, and keys. */
const named =
  /(?<=\b(?:name|image|type|user(?:name)?|database|db)["']?:[ \t]{1,8}["']?)[\w./-]{2,200}|^[ \t]*(?:- )?["']?[\w./-]{2,100}(?=["']?:\s|=)/gm

type Named = { readonly field: Field; readonly value: string; readonly what: string }

function* namedValues({ form, file, documents }: ManifestFile): Iterable<Named> {
  if (!(form === 'compose' ? /\bargs\b/ : /\b(?:Secret|ConfigMap)/).test(file.text)) return
  for (const { root } of documents()) {
    if (form === 'compose') yield* ofCompose(root)
    else for (const object of objectsOf(root)) yield* ofObject(object)
  }
}

/** A List holds objects as items. */
function* objectsOf(root: YamlDocument['root']): Iterable<YamlNode> {
  const map = asMap(root)
  if (!map) return
  const items = get(map, 'items')
  if (items?.kind === 'list' && /List$/.test(stringOf(get(map, 'kind')) ?? '')) yield* items.items
  else yield map
}

function* ofObject(object: YamlNode): Iterable<Named> {
  const kind = stringOf(get(object, 'kind'))
  if (kind !== 'Secret' && kind !== 'ConfigMap') return
  const type = stringOf(get(object, 'type'))
  // A token of a service account is filled in by the cluster; certificates and Helm's own releases are judged by their shape.
  if (type === 'kubernetes.io/service-account-token' || type?.startsWith('helm.sh/')) return
  for (const part of ['data', 'stringData'] as const) {
    const map = get(object, part)
    if (map?.kind !== 'map') continue
    for (const field of fieldsOf(map).values()) {
      const written = stringOf(field.value)
      if (written === undefined || written.trim() === '') continue
      const value = kind === 'Secret' && part === 'data' ? decoded(written) : written
      if (value === undefined || !mayBeSecret(field.name, value, kind)) continue
      yield { field, value, what: kind === 'Secret' ? 'is kept in a Secret' : 'is a secret by its name' }
    }
  }
}

/** Of a Secret everything counts that is no whole file, no address and no template; elsewhere the name has to say it. */
const mayBeSecret = (name: string, value: string, kind: 'Secret' | 'ConfigMap'): boolean => {
  if (/\{\{|\$\{|\$\(|^<.*>$|^ENC\[|^vault:|^ref\+|^op:\/\//.test(value)) return false
  if (isSecretName(name)) return value.length < 1000 && !/^\/[\w./-]*$|^\s*</.test(value)
  if (kind === 'ConfigMap') return false
  return (
    !/\n/.test(value.trimEnd()) &&
    value.length < 200 &&
    !isSaidOf(value) &&
    !isAboutSecret(name) &&
    !/^(?:[\d.:]+|true|false|[\w.-]+\.[a-z]{2,}(?::\d+)?|[a-z][a-z\d+.-]{1,20}:\/\/[^@]*|[\w.-]+@[\w.-]+|admin|root|user|postgres)$/i.test(
      value,
    ) &&
    !/user|host|port|name|url|endpoint|region|bucket|email|(?:^|[._-])(?:crt|cert|certificate|html?)$|^ca\b/i.test(name)
  )
}

/** Undefined for what is no base64, which the API would refuse, and for what is no text. */
const decoded = (text: string): string | undefined => {
  const bare = text.replace(/\s/g, '')
  if (!/^[A-Za-z\d+/]+={0,2}$/.test(bare) || bare.length % 4 !== 0) return undefined
  const value = Buffer.from(bare, 'base64').toString('utf8')
  return /[\u0000-\u0008\ufffd]/.test(value) ? undefined : value
}

/** Build arguments: containers' own variables are judged with them. */
function* ofCompose(root: YamlDocument['root']): Iterable<Named> {
  const services = asMap(get(root, 'services'))
  for (const service of services ? fieldsOf(services).values() : []) {
    const args = get(service.value, 'build', 'args')
    if (args?.kind === 'map')
      for (const field of fieldsOf(args).values()) {
        const value = stringOf(field.value)
        if (value !== undefined && isBuildSecret(field.name, value))
          yield { field, value, what: 'is a secret by its name, and build arguments stay in the image’s history' }
      }
    if (args?.kind === 'list')
      for (const item of args.items) {
        const scalar = resolved(item)
        const pair = scalar?.kind === 'scalar' ? /^([^=]+)=(.+)$/s.exec(scalar.value) : undefined
        if (!pair || scalar?.kind !== 'scalar' || !isBuildSecret(pair[1]!, pair[2]!)) continue
        const field: Field = { name: pair[1]!, key: item, value: item, owner: services! }
        yield { field, value: pair[2]!, what: 'is a secret by its name, and build arguments stay in the image’s history' }
      }
  }
}

const isBuildSecret = (name: string, value: string): boolean =>
  isSecretName(name) && value.trim() !== '' && !/^\$|\$\{/.test(value) && !/^\/[\w./-]*$/.test(value)
