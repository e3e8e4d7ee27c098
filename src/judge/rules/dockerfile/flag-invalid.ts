import { nearest } from '../../../model/nearest.ts'
import type { Span } from '../../../model/text.ts'
import type { Instruction } from '../../../read/dockerfile/syntax.ts'
import { dockerfileRule } from '../../dockerfile-rule.ts'
import { booleans, flagsOf, mountKeys, repeatable } from '../../instruction-flags.ts'

export default dockerfileRule({
  on: 'dockerfile',
  severity: 'high',
  since: '0.1.0',
  profile: 'default',
  weighs: 'everywhere',
  summary: 'A flag has a value that BuildKit refuses',
  why: 'The build stops here, so nothing ships, also no security fix. A mistyped key of --mount can be worse: a secret that was to be mounted is not there, and somebody passes it by --build-arg instead, where the history keeps it.',
  examples: [
    {
      bad: 'FROM alpine:3.20\nRUN --mount=type=secrets,id=x true\nUSER nobody\n',
      good: 'FROM alpine:3.20\nRUN --mount=type=secret,id=x true\nUSER nobody\n',
      byHand: true,
    },
    {
      bad: 'FROM alpine:3.20\nHEALTHCHECK --interval=30 CMD true\nUSER nobody\n',
      good: 'FROM alpine:3.20\nHEALTHCHECK --interval=30s CMD true\nUSER nobody\n',
      byHand: true,
    },
    {
      bad: 'FROM alpine:3.20\nCOPY --chown=a --chown=b x /x\n',
      good: 'FROM alpine:3.20\nCOPY --chown=b --exclude=a --exclude=b --link x /x\n',
      byHand: true,
    },
    { bad: 'FROM alpine:3.20\nCOPY --chmod=999 x /x\n', good: 'FROM alpine:3.20\nCOPY --chmod=u=rwX,go=rX x /x\n', byHand: true },
  ],
  links: ['https://docs.docker.com/reference/dockerfile/'],
  fixes: 'manual',
  *check(dockerfile) {
    for (const { instruction } of dockerfile.steps) {
      for (const { at, message } of faults(instruction))
        yield { at, message, fix: { title: 'Write it as the reference has it', safety: 'manual', edits: [] } }
    }
  },
})

type Fault = { readonly at: Span; readonly message: string }

function* faults(instruction: Instruction): Generator<Fault> {
  const known = flagsOf[instruction.name] ?? []
  const seen = new Set<string>()
  for (const flag of instruction.flags) {
    const { name, value, span } = flag
    if (!known.includes(name)) continue
    if (seen.has(name) && !repeatable.has(name)) yield { at: span, message: `\`--${name}\` is given twice` }
    seen.add(name)
    if (value?.includes('$')) continue
    if (booleans.has(name)) {
      if (value !== undefined && !/^(?:true|false)$/i.test(value))
        yield { at: span, message: `\`--${name}\` is true or false, not \`${value}\`` }
      continue
    }
    if (value === undefined || value === '') {
      // `--from=` and `--platform=` with nothing behind mean the default.
      if (value === undefined) yield { at: span, message: `\`--${name}\` needs a value` }
      continue
    }
    const at = flag.valueSpan ?? span
    if (name === 'mount') yield* mountFaults(flag)
    else if (name === 'network' && !/^(?:default|none|host)$/i.test(value))
      yield { at, message: `\`--network\` is default, none or host, not \`${value}\`` }
    else if (name === 'security' && !/^(?:sandbox|insecure)$/i.test(value))
      yield { at, message: `\`--security\` is sandbox or insecure, not \`${value}\`` }
    else if (name === 'chmod' && !isMode(value)) yield { at, message: `\`${value}\` is not a mode: write 0755 or u=rwx,go=rx` }
    else if (name === 'checksum' && !/^[a-z0-9]+:[0-9a-f]{32,}$/i.test(value) && !/^[0-9a-f]{40}(?:[0-9a-f]{24})?$/i.test(value))
      yield { at, message: `\`${value}\` is not a checksum: write sha256:… or a whole commit` }
    else if (instruction.name === 'HEALTHCHECK') {
      if (name === 'retries' ? !/^\d+$/.test(value) : !isDuration(value)) {
        yield {
          at,
          message:
            name === 'retries'
              ? `\`--retries\` is a number, not \`${value}\``
              : `\`${value}\` is not a duration: write 30s, 1m30s or 500ms`,
        }
      }
    }
  }
}

function* mountFaults(flag: Instruction['flags'][number]): Generator<Fault> {
  const type = flag.fields.find(({ key }) => key === 'type')
  const kind = type?.value ?? 'bind'
  const keys = mountKeys[kind.toLowerCase()]
  if (!keys) {
    if (kind.includes('$')) return
    const meant = nearest(kind, Object.keys(mountKeys))
    yield {
      at: type?.span ?? flag.span,
      message: `\`${kind}\` is not a type of mount${meant === undefined ? '' : `; did you mean \`${meant}\`?`}`,
    }
    return
  }
  for (const { key, value, span } of flag.fields) {
    if (key === '' || key.includes('$')) continue
    if (!keys.includes(key)) {
      const meant = nearest(key, keys)
      yield { at: span, message: `a ${kind} mount has no \`${key}\`${meant === undefined ? '' : `; did you mean \`${meant}\`?`}` }
    } else if (key === 'sharing' && value !== undefined && !/^(?:shared|private|locked|\$.*)$/i.test(value))
      yield { at: span, message: `\`sharing\` is shared, private or locked, not \`${value}\`` }
  }
  const has = (...names: readonly string[]): boolean => flag.fields.some(({ key }) => names.includes(key))
  if ((kind === 'cache' || kind === 'tmpfs' || kind === 'bind') && !has('target', 'dst', 'destination'))
    yield { at: flag.span, message: `a ${kind} mount needs a target` }
}

/** Octal, or symbolic as chmod(1) has it. */
const isMode = (value: string): boolean =>
  /^[0-7]{1,5}$/.test(value) || /^(?:[ugoa]*(?:[-+=][rwxXstugo]*)+)(?:,[ugoa]*(?:[-+=][rwxXstugo]*)+)*$/.test(value)

/** Go's time.ParseDuration: `1h30m`, `500ms`, `1.5s`, and a bare 0. */
const isDuration = (value: string): boolean => /^[-+]?(?:0|(?:\d+(?:\.\d*)?|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+$/.test(value)
