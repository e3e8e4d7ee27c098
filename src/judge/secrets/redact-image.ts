/**
 * What an image says of itself, without the secrets in it. ENV and LABEL stand in the configuration, ARG and everything that RUN was given in the history:
 * whoever has the image can read them there, and an inventory goes to more people than the image does.
 */
import type { Image, ImageConfig } from '../../model/image.ts'
import type { Inventory } from '../../model/inventory.ts'
import { detectSecrets } from './detect.ts'
import { isSecretName } from './secret-name.ts'

const hidden = '***'

/** For everything that is shown; matching needs the image as it is. */
export const redactInventory = (inventory: Inventory): Inventory => {
  const known = inventory.image ? secretValues(inventory.image.config) : []
  return {
    ...inventory,
    ...(inventory.image ? { image: redactImage(inventory.image) } : {}),
    layers: inventory.layers.map(layer =>
      layer.instruction === undefined ? layer : { ...layer, instruction: redactInstruction(layer.instruction, known) },
    ),
  }
}

export const redactImage = (image: Image): Image => {
  const { config } = image
  const known = secretValues(config)
  const list = (words: readonly string[] | undefined): readonly string[] | undefined => words && redactWords(words, known)
  return {
    ...image,
    config: {
      ...config,
      env: config.env.map(pair => {
        const [name, value] = splitPair(pair)
        return `${name}${pair.length > name.length ? '=' : ''}${redactValue(name, value, known)}`
      }),
      labels: Object.fromEntries(Object.entries(config.labels).map(([name, value]) => [name, redactValue(name, value, known)])),
      entrypoint: list(config.entrypoint),
      cmd: list(config.cmd),
      shell: list(config.shell),
      healthcheck: list(config.healthcheck),
      history: config.history.map(step => ({
        ...step,
        createdBy: redactInstruction(step.createdBy, known),
        comment: redactText(step.comment, known),
      })),
    },
  }
}

export const splitPair = (pair: string): readonly [string, string] => {
  const at = pair.indexOf('=')
  return at === -1 ? [pair, ''] : [pair.slice(0, at), pair.slice(at + 1)]
}

/** Places, switches and small numbers give nothing away. A path must begin like one: random text may begin with a slash, too. */
export const isHarmless = (value: string): boolean =>
  value === hidden ||
  /^(?:\/(?:app|bin|config|data|dev|etc|home|lib|mnt|opt|proc|root|run|sbin|secrets?|srv|sys|tmp|usr|var|vault|workspace)(?:\/[\w./-]*)?|[\w./-]+\.(?:sh|py|rb|js|sql|rsp|json|ya?ml|toml|ini|conf|txt|key|pem)|[^\p{L}\d]*|\d{1,5}|true|false|yes|no|on|off)$/iu.test(
    value,
  )

const redactValue = (name: string, value: string, known: readonly string[]): string =>
  isSecretName(name) && !isHarmless(value) ? hidden : redactText(value, known)

/** Shorter ones may stand anywhere by chance, and of very many only the first are looked for in other places. */
const shortest = 8
const most = 100

/** Values that their names call secret: the history repeats them in RUN, other variables in addresses. The longest first. */
const secretValues = ({ env, labels, history }: ImageConfig): readonly string[] => {
  const pairs = [
    ...env.map(splitPair),
    ...Object.entries(labels),
    ...history.flatMap(({ createdBy }) => pairsIn(createdBy).pairs),
  ]
  const values = pairs.flatMap(([name, value]) =>
    value.length >= shortest && isSecretName(name) && !isHarmless(value) ? [value] : [],
  )
  return [...new Set(values)].slice(0, most).sort((a, b) => b.length - a.length)
}

type Pairs = { readonly before: string; readonly pairs: readonly (readonly [string, string])[]; readonly after: string }

/**
 * The pairs that an instruction of the history begins with: `|2 A=x B=y /bin/sh -c …` are build arguments, as the classic builder and BuildKit write them
 * (https://github.com/moby/moby/blob/master/builder/dockerfile/internals.go); `ENV A=x y B=z` has no quotes any more, so that a value ends where the next
 * name begins.
 */
export const pairsIn = (createdBy: string): Pairs => {
  const none = { before: createdBy, pairs: [], after: '' }
  const given = /^(?:RUN )?\|(\d{1,4}) /.exec(createdBy)
  const set = given ? null : /^(?:\/bin\/sh -c #\(nop\)\s+)?(?:ENV|ARG|LABEL)\s+/.exec(createdBy)
  const before = (given ?? set)?.[0]
  if (before === undefined) return none
  const rest = createdBy.slice(before.length)
  const shell = given ? rest.search(/ \/?(?:[\w.-]+\/)*(?:sh|bash|ash|dash|ksh|zsh|pwsh|powershell|cmd)(?:\.exe)? /) : -1
  const region = shell === -1 ? rest : rest.slice(0, shell)
  const after = shell === -1 ? '' : rest.slice(shell)
  const starts = [...region.matchAll(/(?<=^|\s)[\w.\-/]+=/g)].map(({ index }) => index)
  if (starts.length === 0) return none
  // A value that looks like a pair itself: nobody can tell where a secret ends.
  const isAmbiguous = given !== null && starts.length !== Number(given[1])
  const parts = starts.map((start, i) => region.slice(start, starts[i + 1] ?? region.length).trimEnd())
  const pairs = parts.map(splitPair)
  const first = isAmbiguous ? pairs.findIndex(([name]) => isSecretName(name)) : -1
  const told = first === -1 ? pairs : [...pairs.slice(0, first), splitPair(region.slice(starts[first]))]
  return { before: before + region.slice(0, starts[0]), pairs: told, after }
}

const redactInstruction = (createdBy: string, known: readonly string[]): string => {
  const { before, pairs, after } = pairsIn(createdBy)
  const shown = pairs.map(([name, value]) => `${name}=${redactValue(name, value, known)}`).join(' ')
  return pairs.length === 0 ? redactText(createdBy, known) : `${before}${shown}${redactText(after, known)}`
}

const redactWords = (words: readonly string[], known: readonly string[]): readonly string[] =>
  words.map((word, i) => {
    const option = /^--?([A-Za-z][\w-]*)$/.exec(words[i - 1] ?? '')?.[1]
    return option !== undefined && isSecretName(option) && !word.startsWith('-') && !isHarmless(word)
      ? hidden
      : redactText(word, known)
  })

/** Known values, what a detector recognises, and what is given to a secret name: `TOKEN=x`, `--password=x`, `--password x`, `:_authToken=x`. */
const redactText = (text: string, known: readonly string[]): string => {
  let shown = known.reduce((rest, value) => rest.replaceAll(value, hidden), text)
  for (const { start, end } of [...detectSecrets(shown)].reverse()) shown = shown.slice(0, start) + hidden + shown.slice(end)
  const hide = (whole: string, lead: string, name: string, value: string): string => {
    const bare = value.replace(/^["']|["']$/g, '')
    // The shell puts something else there.
    return !isSecretName(name) || isHarmless(bare) || /^\$[\w({]/.test(bare)
      ? whole
      : `${lead}${name}${whole.slice(lead.length + name.length, whole.length - value.length)}${hidden}`
  }
  return shown
    .replace(/(?<![\w$.-])(-{0,2})([A-Za-z_][\w.-]*)=("(?:[^"\\]|\\.)*"|'[^']*'|[^\s;&|<>]+)/g, hide)
    .replace(/(?<!\S)(--)([A-Za-z][\w-]*)[ \t]+("(?:[^"\\]|\\.)*"|'[^']*'|[^\s;&|<>-][^\s;&|<>]*)/g, hide)
}
