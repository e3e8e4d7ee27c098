/** Which distribution the image is. No packages come from it, but every package of an operating system needs it. */
import type { Distro } from '../../model/package.ts'
import { type Cataloger, wholeText } from '../cataloger.ts'

/** What /etc/os-release says (https://www.freedesktop.org/software/systemd/man/os-release.html), and the files of distributions older than it. */
const cataloger: Cataloger<Distro> = {
  revision: 1,
  files: [
    'etc/os-release',
    'usr/lib/os-release',
    'usr/lib/os-release.d/*',
    'etc/{alpine,redhat,centos,fedora,oracle,system,SuSE,photon,arch}-release',
    'etc/debian_version',
  ],
  collect(file) {
    const text = wholeText(file, 64 * 1024)
    const name = file.path.slice(file.path.lastIndexOf('/') + 1)
    return name.startsWith('os-release') || file.path.includes('os-release.d')
      ? parseOsRelease(text)
      : parseOldRelease(name, text)
  },
  *assemble() {},
}

export default cataloger

/** `KEY=value` with the quotes of a shell. */
export const parseOsRelease = (text: string): Distro | undefined => {
  const values = new Map<string, string>()
  for (const line of text.split('\n')) {
    const match = /^\s*([A-Z][A-Z0-9_]*)=(.*)$/.exec(line)
    if (match) values.set(match[1]!, unquote(match[2]!.trim()))
  }
  const id = values.get('ID')?.toLowerCase()
  if (id === undefined || id === '') return undefined
  return {
    id,
    idLike: (values.get('ID_LIKE') ?? '')
      .toLowerCase()
      .split(/\s+/)
      .filter(like => like !== ''),
    version: values.get('VERSION_ID') ?? '',
    codename: values.get('VERSION_CODENAME') ?? '',
    name: values.get('PRETTY_NAME') ?? values.get('NAME') ?? id,
    variant: values.get('VARIANT_ID') ?? '',
  }
}

const unquote = (value: string): string => {
  const quote = value[0]
  if ((quote !== '"' && quote !== "'") || !value.endsWith(quote) || value.length < 2) return value
  const inner = value.slice(1, -1)
  return quote === '"' ? inner.replace(/\\([$"\\`])/g, '$1') : inner
}

/** `CentOS release 6.10 (Final)`; of Alpine and Debian the version alone. */
const parseOldRelease = (file: string, text: string): Distro | undefined => {
  const line = text.trim().split('\n')[0] ?? ''
  const plain = (id: string, version: string): Distro => ({ id, idLike: [], version, codename: '', name: line, variant: '' })
  if (file === 'debian_version') return /^\d/.test(line) ? plain('debian', line.split('.')[0]!) : plain('debian', '')
  if (file === 'alpine-release') return plain('alpine', line)
  const version = /\d+(?:\.\d+)*/.exec(line)?.[0] ?? ''
  const id = oldNames.find(([pattern]) => pattern.test(line))?.[1]
  return id === undefined ? undefined : plain(id, version)
}

const oldNames: readonly (readonly [RegExp, string])[] = [
  [/^Red Hat Enterprise Linux/i, 'rhel'],
  [/^CentOS/i, 'centos'],
  [/^Fedora/i, 'fedora'],
  [/^Oracle Linux/i, 'ol'],
  [/^Amazon Linux/i, 'amzn'],
  [/^Rocky/i, 'rocky'],
  [/^AlmaLinux/i, 'almalinux'],
  [/^SUSE Linux Enterprise Server/i, 'sles'],
  [/^openSUSE/i, 'opensuse'],
  [/^VMware Photon/i, 'photon'],
  [/^Arch/i, 'arch'],
]
