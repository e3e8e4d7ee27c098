/** Which files of an image the operating system's packages brought. */
import { remembered } from '../model/remember.ts'
import type { ImageFacts } from './image-rule.ts'

const systems: ReadonlySet<string> = new Set(['deb', 'rpm', 'apk', 'alpm', 'opkg', 'ebuild'])

const owned = remembered(
  (packages: ImageFacts['packages']): ReadonlySet<string> =>
    new Set(packages.flatMap(({ ecosystem, owns }) => (systems.has(ecosystem) ? (owns ?? []) : []))),
)

/** An absolute path without links; packages of distributions name files of /usr also by /bin and /sbin, which are links to it. */
export const ownedBySystem = ({ packages }: ImageFacts, path: string): boolean => {
  const paths = owned(packages)
  return paths.has(path) || (path.startsWith('/usr/') && paths.has(path.slice(4)))
}
