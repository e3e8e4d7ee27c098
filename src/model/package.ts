/** What is installed in an image. */
import type { Location } from './finding.ts'

export type Package = {
  /** https://github.com/package-url/purl-spec. The package's identity: no two packages of one inventory have the same. */
  readonly purl: string
  readonly name: string
  readonly version: string
  /** The purl type: `deb`, `npm`, `golang`; `generic` for programs that no package manager knows. */
  readonly ecosystem: string
  /** What it was built from, where that has another name or version. */
  readonly source?: { readonly name: string; readonly version: string }
  /** The files that prove it, the first one the best. */
  readonly at: readonly [Location, ...Location[]]
  /** Absolute paths. */
  readonly owns?: readonly string[]
  /** purls of packages of the same inventory. */
  readonly dependsOn: readonly string[]
  /** As stated: SPDX expressions or free text. */
  readonly licences: readonly string[]
  /** Other identities of the same thing: the Python distribution inside a Debian package. */
  readonly aliases?: readonly string[]
  /** Who made it, in its own words: of rpms their `Vendor`, of debs their `Origin`, which distributions leave out. */
  readonly vendor?: string
  /** Its maker says that it is not published: npm's `private`. */
  readonly isPrivate?: true
  /** The purl of the operating system's package whose file proves this one. */
  readonly ownedBy?: string
}

/** Which operating system the image is: `/etc/os-release` (https://www.freedesktop.org/software/systemd/man/os-release.html). */
export type Distro = {
  /** `debian`, `alpine`, `rhel`. */
  readonly id: string
  readonly idLike: readonly string[]
  /** `12`, `3.20.1`; empty where the distribution has none (Debian unstable, Arch). */
  readonly version: string
  readonly codename: string
  readonly name: string
  readonly variant: string
}
