/** What both forms of SBOM say, and what makes them the same bytes for the same image. */
import { createHash } from 'node:crypto'
import type { Location } from '../model/finding.ts'
import type { Inventory, LayerSummary } from '../model/inventory.ts'
import { purl } from '../model/purl.ts'

/** The time of the subject, not of the run: RFC 3339 in whole seconds. An image that does not say when it was made gives 1970. */
export const subjectTime = ({ image }: Inventory): string => {
  const time = Date.parse(image?.config.created ?? '')
  return new Date(Number.isNaN(time) ? 0 : time).toISOString().replace(/\.\d+Z$/, 'Z')
}

/** A property of CycloneDX, a line of a comment in SPDX; undefined: left out. */
export type Pair = readonly [name: string, value: string | undefined]

/**
 * What neither form of SBOM has a field for: each layer by its digest, from the base upwards, followed by what is known of it; which of them are the base
 * image's; what could not be looked at.
 */
export const subjectPairs = ({ image, layers, base, problems }: Inventory): readonly Pair[] => {
  const known: readonly Partial<LayerSummary>[] = layers.length > 0 ? layers : (image?.layers ?? [])
  return [
    ...known.flatMap(({ diffId, step, size, files, instruction }): Pair[] => [
      ['bulkhead:image:layer', diffId],
      ['bulkhead:image:layer:step', step?.toString()],
      ['bulkhead:image:layer:size', size?.toString()],
      ['bulkhead:image:layer:entries', files?.toString()],
      [
        'bulkhead:image:layer:instruction',
        (step === undefined ? undefined : image?.config.history[step]?.createdBy) ?? instruction,
      ],
    ]),
    ['bulkhead:image:base:layers', base?.layers.toString()],
    ['bulkhead:image:base:decided-by', base?.decidedBy],
    ['bulkhead:image:base:name', base?.name],
    ['bulkhead:image:base:digest', base?.digest],
    ...(base?.evidence ?? []).map((text): Pair => ['bulkhead:image:base:evidence', text]),
    ...(base?.contradictions ?? []).map((text): Pair => ['bulkhead:image:base:contradiction', text]),
    ...problems.map(
      ({ kind, code, message }): Pair => [
        kind === 'failed' ? 'bulkhead:not-checked' : 'bulkhead:not-covered',
        `${code}: ${message}`,
      ],
    ),
  ]
}

/** A package's place in one line, which is read back; undefined: it lies in no file. */
export const exactPlace = (at: Location): string | undefined => {
  const path = ('path' in at ? (at.path ?? '') : '').replace(/[%\r\n]/g, encodeURIComponent)
  if (at.in === 'file') return `file ${path}`
  return at.in === 'layer' ? `layer ${at.layer}${at.step === undefined ? '' : ` step ${at.step}`} ${path}` : undefined
}

/** A UUID (RFC 9562, version 8) that depends on the content alone. */
export const uuidOf = (content: string | Iterable<string>): string => {
  const hash = createHash('sha256')
  if (typeof content === 'string') hash.update(content)
  else for (const piece of content) hash.update(piece)
  const hex = hash.digest('hex')
  const variant = ((Number.parseInt(hex[16]!, 16) & 3) | 8).toString(16)
  return [hex.slice(0, 8), hex.slice(8, 12), `8${hex.slice(13, 16)}`, `${variant}${hex.slice(17, 20)}`, hex.slice(20, 32)].join(
    '-',
  )
}

/** `pkg:oci/nginx@sha256:…`, as https://github.com/package-url/purl-spec/blob/main/types-doc/oci-definition.md has it; undefined for folders. */
export const subjectPurl = ({ image, name }: Inventory): string | undefined => {
  if (!image) return undefined
  const path = name.replace(/@sha256:[0-9a-f]+$/, '').replace(/:[^/:]*$/, '')
  const last = path.slice(path.lastIndexOf('/') + 1).toLowerCase()
  const [, architecture] = image.platform.split('/')
  return last === ''
    ? undefined
    : purl({ type: 'oci', name: last, version: image.manifest ?? image.id, qualifiers: { arch: architecture } })
}
