/** What to do about the vulnerabilities of an image, by who put the packages there. Plain data. */
import type { Severity } from './finding.ts'

/**
 * `base`: layers of the base image. `os`: packages of the system that the image itself installs. `application`: packages that a
 * language's package manager installed. `stray`: binaries and archives that no package manager knows.
 */
export type Owner = 'base' | 'os' | 'application' | 'stray'

export type Upgrade = {
  readonly name: string
  readonly ecosystem: string
  readonly from: string
  /** Undefined: no version that mends it is known. */
  readonly to: string | undefined
  /** Where it is, as in the image: the lock file, the manifest, the binary. At most some. */
  readonly paths: readonly string[]
  readonly vulnerabilities: readonly string[]
}

/** Lines for a file that somebody changes by hand: `pom.xml`, `Dockerfile`. */
export type Snippet = { readonly file: string; readonly text: string }

/** All that is to be done about what one owner brought; one is made for each package manager, the base has one. */
export type Remedy = {
  readonly owner: Owner
  /** `npm`, `PyPI`, `Debian:12`; undefined for a base. */
  readonly ecosystem: string | undefined
  /** One sentence or two, for a reader who does not know the field. */
  readonly text: string
  /** Lines for a shell, in the project's folder; none where nothing can be typed. */
  readonly commands: readonly string[]
  /** What goes into files where no command does it. */
  readonly snippets?: readonly Snippet[]
  readonly bySeverity: Readonly<Record<Severity, number>>
  /** Of the vulnerabilities, how many what is advised here would close; undefined where nobody can tell before building. */
  readonly closes: number | undefined
  /** The worst first. */
  readonly upgrades: readonly Upgrade[]
}
