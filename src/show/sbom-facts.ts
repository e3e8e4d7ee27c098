/** What both forms of SBOM say, and what makes them the same bytes for the same image. */
import { createHash } from 'node:crypto'
import type { Inventory } from '../model/inventory.ts'
import { purl } from '../model/purl.ts'

/** The time of the subject, not of the run: RFC 3339 in whole seconds. An image that does not say when it was made gives 1970. */
export const subjectTime = ({ image }: Inventory): string => {
  const time = Date.parse(image?.config.created ?? '')
  return new Date(Number.isNaN(time) ? 0 : time).toISOString().replace(/\.\d+Z$/, 'Z')
}

/** A UUID (RFC 9562, version 8) that depends on the content alone. */
export const uuidOf = (content: string): string => {
  const hex = createHash('sha256').update(content).digest('hex')
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
