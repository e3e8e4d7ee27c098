/** What two images have that the other has not. Plain data, without any secret. */
import type { Digest, Problem, Severity } from './finding.ts'

/** `scan-report`: what an earlier scan wrote, which lists vulnerabilities and layers, and no packages without vulnerabilities. */
export type SideKind = 'image' | 'folder' | 'sbom' | 'scan-report'

/** One of two images. What is undefined is not known of it, and is not compared. */
export type Side = {
  readonly name: string
  /** What the user called it. */
  readonly asked: string
  readonly kind: SideKind
  readonly id: Digest | undefined
  readonly platform: string | undefined
  readonly distro: string | undefined
  /** When its vulnerabilities were looked up. ISO 8601. */
  readonly scanned: string
  readonly packages: readonly SidePackage[] | undefined
  readonly vulnerabilities: readonly SideVulnerability[]
  readonly layers: readonly { readonly diffId: Digest; readonly size: number }[] | undefined
  readonly traits: readonly Trait[] | undefined
  readonly secrets: readonly SideSecret[] | undefined
  readonly findings: readonly SideFinding[] | undefined
}

export type SidePackage = {
  readonly purl: string
  readonly ecosystem: string
  readonly name: string
  readonly version: string
  /** Whose order of versions holds; undefined: nobody's. */
  readonly order: string | undefined
  readonly source: { readonly name: string; readonly version: string }
  /** Of the file that proves it, or ''. */
  readonly path: string
  /** False: the advisories at hand do not speak of it. */
  readonly isJudged: boolean
}

/** `aside`: its maintainers have decided to leave it, or nobody has decided yet. */
export type SideStanding = 'counts' | 'aside' | 'suppressed'

/** One vulnerability in what is built from one source. */
export type SideVulnerability = {
  readonly id: string
  /** Of packages: `deb`, `npm`. */
  readonly ecosystem: string
  /** The source package. */
  readonly name: string
  readonly versions: readonly string[]
  readonly severity: Severity
  readonly standing: SideStanding
  readonly isExploited: boolean
  readonly isMalware: boolean
  /** A probability. */
  readonly epss: number | undefined
  readonly fixedIn: string | undefined
  readonly summary: string
  readonly url: string
}

type Named = { readonly name: string; readonly version: string }

/** The same of a match as we find it, where what is missing is undefined, and of one in a report, where it is null. */
export const sideVulnerability = (
  one: Named & { readonly ecosystem: string; readonly source?: Named | null | undefined },
  match: Named & { readonly via: string; readonly status: string; readonly fixedIn?: string | null | undefined },
  vulnerability: Pick<SideVulnerability, 'id' | 'summary' | 'url' | 'isMalware'> & {
    readonly kev?: object | null | undefined
    readonly epss?: { readonly score: number } | null | undefined
  },
  severity: Severity,
  suppressed: object | null | undefined,
): SideVulnerability => {
  const { name, version } = match.via === 'source' ? match : (one.source ?? one)
  return {
    id: vulnerability.id,
    ecosystem: one.ecosystem,
    name,
    versions: [version],
    severity,
    standing: suppressed ? 'suppressed' : match.status === 'affected' ? 'counts' : 'aside',
    isExploited: (vulnerability.kev ?? undefined) !== undefined,
    isMalware: vulnerability.isMalware,
    epss: vulnerability.epss?.score,
    fixedIn: match.fixedIn ?? undefined,
    summary: vulnerability.summary,
    url: vulnerability.url,
  }
}

/** A setting of an image, or what it has that helps an attacker on. */
export type Trait = {
  /** Stable: `user`, `setuid`. */
  readonly id: string
  /** `way-out`: it decides how far somebody gets who runs code in a container. */
  readonly group: 'setting' | 'way-out'
  readonly title: string
} & (
  | {
      readonly kind: 'value'
      /** For people; '' where there is none. */
      readonly value: string
      /** The higher, the worse; undefined: nobody can tell. */
      readonly risk: number | undefined
    }
  | {
      readonly kind: 'list'
      readonly items: readonly TraitItem[]
      /** There may be more than are listed. */
      readonly count: number
      /** Whether more of them is worse. */
      readonly isRisk: boolean
    }
)

/** `mark`: of the same content the same; it is compared, and never shown. */
export type TraitItem = { readonly name: string; readonly mark?: string }

/** All secrets of one kind in one place. */
export type SideSecret = {
  /** `secret/github-token`. */
  readonly rule: string
  /** As its issuer calls it. */
  readonly kind: string
  readonly place: string
  readonly severity: Severity
  readonly count: number
  /** Sorted: `image`, `deleted`, `replaced`, `history`. */
  readonly reach: readonly string[]
  /** Sorted; undefined: of some nobody can tell whether they are the same. */
  readonly fingerprints: readonly string[] | undefined
}

export type SideFinding = {
  readonly rule: string
  readonly key: string
  readonly severity: Severity
  readonly message: string
  readonly places: readonly string[]
  /** It speaks of the settings, which not everything has. */
  readonly isOfSettings: boolean
}

/** `mixed`: both. */
export type Trend = 'better' | 'worse' | 'mixed' | 'neutral'

/** Bytes, or how many. Undefined: not known. */
export type NumberDifference = {
  /** `vulnerabilities`, `critical`, `exploited`, `packages`, `size`, … */
  readonly id: string
  readonly before: number | undefined
  readonly after: number | undefined
  readonly trend: Trend
}

export type PackageChange = {
  readonly ecosystem: string
  readonly name: string
  readonly source: string
  readonly before: string
  readonly after: string
  /** `unclear`: no order of versions can tell. */
  readonly direction: 'upgrade' | 'downgrade' | 'unclear'
}

export type PackageDifferences = {
  readonly added: readonly SidePackage[]
  readonly removed: readonly SidePackage[]
  readonly changed: readonly PackageChange[]
}

/** `absent`: it has no such vulnerability. `not-judged`: nobody can tell, since the advisories do not speak of what it has of that package. */
export type Elsewhere = 'absent' | 'aside' | 'suppressed' | 'not-judged'

export type VulnerabilityDifference = Omit<SideVulnerability, 'versions' | 'standing'> & {
  /** Versions of the source package that the two images have. */
  readonly before: readonly string[]
  readonly after: readonly string[]
  /** What the other image has in its place. */
  readonly other: Elsewhere
}

export type Reweighed = {
  readonly id: string
  readonly ecosystem: string
  readonly name: string
  readonly before: Severity
  readonly after: Severity
}

export type VulnerabilityDifferences = {
  /** The worst first. */
  readonly opened: readonly VulnerabilityDifference[]
  readonly closed: readonly VulnerabilityDifference[]
  /** In both, with another severity. */
  readonly reweighed: readonly Reweighed[]
  /** How many are in both. */
  readonly remaining: number
}

export type TraitDifference = {
  readonly id: string
  readonly group: Trait['group']
  readonly title: string
  /** Of a value. */
  readonly before: string | undefined
  readonly after: string | undefined
  /** Of a list. */
  readonly added: readonly string[]
  readonly removed: readonly string[]
  /** The same name with another content. */
  readonly changed: readonly string[]
  readonly trend: Trend
}

export type SecretDifference = {
  readonly rule: string
  readonly kind: string
  readonly place: string
  readonly severity: Severity
  /** How many. */
  readonly before: number
  readonly after: number
  readonly reachBefore: readonly string[]
  readonly reachAfter: readonly string[]
  /** As many as before, and not the same ones. */
  readonly isOther: boolean
  readonly trend: Trend
}

export type FindingChange = {
  readonly rule: string
  readonly before: Pick<SideFinding, 'severity' | 'message'>
  readonly after: Pick<SideFinding, 'severity' | 'message'>
  readonly trend: Trend
}

export type FindingDifferences = {
  readonly opened: readonly SideFinding[]
  readonly closed: readonly SideFinding[]
  readonly changed: readonly FindingChange[]
}

export type LayerDifferences = {
  readonly before: { readonly count: number; readonly size: number }
  readonly after: { readonly count: number; readonly size: number }
  /** How many, from the first one on, are the same. */
  readonly shared: number
}

/** What may fail a build. */
export type Regression = {
  readonly what: 'vulnerability' | 'secret' | 'finding'
  readonly severity: Severity
  readonly isExploited: boolean
  /** The id of a vulnerability, a rule, or a kind of secret. */
  readonly id: string
  /** The package, or the place. */
  readonly where: string
}

/** Undefined: one of the two does not know it. */
export type Differences = {
  readonly numbers: readonly NumberDifference[]
  readonly packages: PackageDifferences | undefined
  readonly vulnerabilities: VulnerabilityDifferences
  readonly layers: LayerDifferences | undefined
  readonly traits: readonly TraitDifference[] | undefined
  readonly secrets: readonly SecretDifference[] | undefined
  readonly findings: FindingDifferences | undefined
  /** The worst first. */
  readonly regressions: readonly Regression[]
}

export type SideHead = Pick<Side, 'name' | 'asked' | 'kind' | 'id' | 'platform' | 'distro' | 'scanned'>

export type ComparisonReport = Differences & {
  readonly version: string
  readonly before: SideHead
  readonly after: SideHead
  readonly database: { readonly path: string; readonly built: string }
  readonly problems: readonly Problem[]
}
