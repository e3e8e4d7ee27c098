/**
 * How anybody gets the layers of an image: a command of skopeo (https://github.com/containers/skopeo/blob/main/docs/skopeo-copy.1.md), with the image where
 * it was opened (https://github.com/containers/image/blob/main/docs/containers-transports.5.md).
 */
import type { Inventory } from '../model/inventory.ts'
import { forShell } from '../show/escape.ts'
import { machine } from '../world/machine.ts'

export const copyCommand = (
  { image, openedBy }: Inventory,
  { platform, plainHttp }: { readonly platform?: string; readonly plainHttp?: boolean },
): string => {
  if (!image || !openedBy) return ''
  const { source, reference } = openedBy
  const isRemote = source === 'registry'
  const [os = '', architecture = '', variant] = image.platform.split('/')
  // Engines and what they export have one platform for a name.
  const override =
    platform === undefined || source === 'docker' || (source === 'archive' && image.isDockerSave)
      ? ''
      : `--override-os ${forShell(os)} --override-arch ${forShell(architecture)} ${variant === undefined ? '' : `--override-variant ${forShell(variant)} `}`
  const plain = isRemote && plainHttp ? '--src-tls-verify=false ' : ''
  const { before, at } = isRemote
    ? { before: '', at: `docker://${named(reference)}` }
    : source === 'docker'
      ? { before: '', at: `docker-daemon:${inEngine(reference, image.refs)}` }
      : onDisk(source === 'oci' ? 'oci' : image.isDockerSave ? 'docker-archive' : 'oci-archive', reference, image.refs)
  return `${before}skopeo ${override}copy -q --dest-decompress ${plain}${forShell(at)} dir:layers`
}

/** Of a tag and a digest the digest counts; skopeo takes no two. */
const named = (reference: string): string => reference.replace(/:[^:/@]+(?=@)/, '')

/** An engine has names with a tag, and whole ids. */
const inEngine = (reference: string, refs: readonly string[]): string => {
  if (/^(?:sha256:)?[0-9a-f]{6,64}$/.test(reference) && !refs.some(ref => ref === reference || ref === `${reference}:latest`)) {
    const [ref] = refs
    return ref ?? (reference.includes(':') ? reference : `sha256:${reference}`)
  }
  const name = named(reference)
  return /[:@]/.test(name.slice(name.lastIndexOf('/') + 1)) ? name : `${name}:latest`
}

/** A file or a folder, perhaps with the name of one of its images behind a colon. */
const onDisk = (
  transport: 'oci' | 'docker-archive' | 'oci-archive',
  reference: string,
  refs: readonly string[],
): { readonly before: string; readonly at: string } => {
  let end = reference.length
  while (end > 0 && machine.files.inspect(reference.slice(0, end)) === undefined)
    end = Math.max(reference.lastIndexOf(':', end - 1), reference.lastIndexOf('@', end - 1))
  const path = end > 0 ? reference.slice(0, end) : reference
  const rest = end > 0 ? reference.slice(end + 1) : ''
  const isNumber = reference[end] === '@' && /^\d+$/.test(rest)
  const name = isNumber ? `@${rest}` : transport === 'docker-archive' && rest !== '' ? (refs[0] ?? rest) : rest
  const wanted = name === '' ? '' : `:${name}`
  // The path ends at its first colon.
  return path.includes(':')
    ? { before: `ln -s ${forShell(path.startsWith('-') ? `./${path}` : path)} image && `, at: `${transport}:image${wanted}` }
    : { before: '', at: `${transport}:${path}${wanted}` }
}
