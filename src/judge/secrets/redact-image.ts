/**
 * What an image says of itself, without the secrets in it. ENV and LABEL stand in the configuration, ARG and everything that RUN was given in the history:
 * whoever has the image can read them there, and an inventory goes to more people than the image does.
 */
import type { Finding } from '../../model/finding.ts'
import type { Image } from '../../model/image.ts'
import type { Inventory } from '../../model/inventory.ts'
import { detectSecrets } from './detect.ts'
import {
  type Found,
  type Known,
  knownBy,
  type Span,
  secretsOfConfigPair,
  secretsOfElsewhere,
  secretsOfInstruction,
  secretsOfText,
  secretsOfWords,
  splitPair,
  toldBy,
} from './image-secrets.ts'
import { withoutTokens } from './redact-names.ts'

const stars = '***'

/** For everything that is shown; matching needs the image as it is. */
export const redactInventory = (inventory: Inventory): Inventory => {
  const known = inventory.image ? knownBy(toldBy(inventory.image.config)) : () => []
  // What lies in the image is named by whoever made it, too.
  const { image, everywhere, census, openedBy, layers, ...named } = inventory
  const shown = withoutTokens(named)
  return {
    ...inventory,
    ...shown,
    ...(image ? { image: redactBy(image, known) } : {}),
    layers: layers.map(layer =>
      layer.instruction === undefined
        ? layer
        : { ...layer, instruction: hide(layer.instruction, secretsOfInstruction(layer.instruction), known) },
    ),
  }
}

/** What rules say of an image names its user and its folders. */
export const redactFindings = (findings: readonly Finding[], { image }: Inventory): readonly Finding[] => {
  const known = image ? knownBy(toldBy(image.config)) : () => []
  return findings.map(finding => ({
    ...finding,
    message: cover(finding.message, [...detectSecrets(finding.message), ...known(finding.message)]),
  }))
}

export const redactImage = (image: Image): Image => redactBy(image, knownBy(toldBy(image.config)))

const redactBy = (image: Image, known: Known): Image => {
  const { config } = image
  const text = (value: string): string => (value === '' ? '' : hide(value, secretsOfText(value), known))
  const list = <Words extends readonly string[] | undefined>(words: Words): Words | readonly string[] =>
    words && hideWords(words, known)
  return {
    ...image,
    config: {
      ...config,
      env: config.env.map(pair => hide(pair, secretsOfConfigPair(...splitPair(pair)), known)),
      labels: Object.fromEntries(
        Object.entries(config.labels).map(([name, value]) => {
          const { hidden } = secretsOfConfigPair(name, value)
          return splitAt(`${name}=${value}`, name.length, [...hidden, ...known(`${name}=${value}`)])
        }),
      ),
      entrypoint: list(config.entrypoint),
      cmd: list(config.cmd),
      shell: list(config.shell),
      healthcheck: list(config.healthcheck),
      volumes: list(config.volumes),
      user: text(config.user),
      workingDir: text(config.workingDir),
      author: text(config.author),
      onBuild: config.onBuild.map(instruction => hide(instruction, secretsOfInstruction(instruction), known)),
      ...(config.elsewhere
        ? { elsewhere: config.elsewhere.map(one => ({ ...one, text: hide(one.text, secretsOfElsewhere(one.text), known) })) }
        : {}),
      history: config.history.map(step => ({
        ...step,
        createdBy: hide(step.createdBy, secretsOfInstruction(step.createdBy), known),
        comment: text(step.comment),
      })),
    },
  }
}

/** The name of a variable, a label or a field, without what is secret in it. */
export const redactName = (name: string, known: Known): string => hide(name, secretsOfText(name), known)

const hide = (text: string, { hidden }: Found, known: Known): string => cover(text, [...hidden, ...known(text)])

const hideWords = (words: readonly string[], known: Known): readonly string[] => {
  const text = words.join(' ')
  const spans = [...secretsOfWords(words).hidden, ...known(text)]
  let at = 0
  return words.map(word => {
    const from = at
    at += word.length + 1
    return cover(word, inside(spans, from, from + word.length))
  })
}

const splitAt = (text: string, at: number, spans: readonly Span[]): readonly [string, string] => [
  cover(text.slice(0, at), inside(spans, 0, at)),
  cover(text.slice(at + 1), inside(spans, at + 1, text.length)),
]

/** The parts of spans between two places, counted from the first. */
const inside = (spans: readonly Span[], from: number, to: number): readonly Span[] =>
  spans.flatMap(({ start, end }) =>
    start < to && end > from ? [{ start: Math.max(start, from) - from, end: Math.min(end, to) - from }] : [],
  )

const cover = (text: string, spans: readonly Span[]): string => {
  let shown = ''
  let at = 0
  let covered = -1
  for (const { start, end } of [...spans].sort((a, b) => a.start - b.start)) {
    if (end <= covered) continue
    // What overlaps or touches is one.
    if (start > covered) shown += text.slice(at, start) + stars
    covered = end
    at = end
  }
  return shown + text.slice(at)
}
