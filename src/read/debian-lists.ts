/** The lists in the repository of Debian's security tracker: https://security-team.debian.org/security_tracker.html */
import type { AdvisoryStatus } from '../model/advisory.ts'
import { byteLines } from './byte-lines.ts'

export type DebianEntry = {
  /** `DSA-5380-1`, `CVE-2024-3094`; what follows it in the line. */
  readonly id: string
  readonly title: string
  /** ISO 8601. */
  readonly date?: string
  /** What stands in braces. */
  readonly references: readonly string[]
  readonly packages: readonly DebianPackage[]
}

export type DebianPackage = {
  /** Undefined: unstable, and by it all releases that say nothing themselves. */
  readonly codename?: string
  readonly name: string
  /** Either a version, or a word such as `not-affected`. */
  readonly fixed?: string
  readonly word?: string
  /** What stands in parentheses. */
  readonly note: string
}

/** Descriptions are the longest, with about 100 characters. */
const longest = 20_000

/** What is none of the form is passed over, as the tracker's own comments are. */
export function* debianEntries(bytes: Uint8Array): Generator<DebianEntry> {
  type Open = { id: string; title: string; date?: string; references: string[]; packages: DebianPackage[] }
  let open: Open | undefined
  for (const line of byteLines(bytes)) {
    if (line.length > longest) continue
    const head = /^(?:\[(\d{1,2}) ([A-Z][a-z]{2}) (\d{4})\] )?((?:DSA|DLA|DTSA|CVE|TEMP)-[\w-]{1,60})(?:\s+(.*))?$/.exec(line)
    if (head) {
      if (open) yield open
      const [, day, month, year, id = '', title = ''] = head
      const date = month === undefined ? -1 : months.indexOf(month) + 1
      open = {
        id,
        title: title.trim(),
        ...(date > 0 ? { date: `${year}-${String(date).padStart(2, '0')}-${day!.padStart(2, '0')}` } : {}),
        references: [],
        packages: [],
      }
      continue
    }
    if (!open) continue
    const references = /^\s+\{([^}]*)\}?\s*$/.exec(line)
    if (references) open.references.push(...references[1]!.split(/\s+/).filter(one => one !== ''))
    const found =
      /^\s+(?:\[([a-z][\w-]{0,30})\] )?- ([^\s<(]{1,200})(?:\s+(?:<([a-z-]{1,30})>|([^\s<(]\S{0,200})))?(?:\s+\((.*)\))?\s*$/.exec(
        line,
      )
    if (!found) continue
    const [, codename, name = '', word, fixed, note = ''] = found
    open.packages.push({
      name,
      note,
      ...(codename === undefined ? {} : { codename }),
      ...(word === undefined ? {} : { word }),
      ...(fixed === undefined ? {} : { fixed }),
    })
  }
  if (open) yield open
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** The words in angle brackets, as a status. Undefined: the word says nothing of whether it is affected (`itp`). */
export const debianStatus = (word: string): AdvisoryStatus | undefined => statuses.get(word)

const statuses: ReadonlyMap<string, AdvisoryStatus> = new Map([
  ['not-affected', 'not-affected'],
  ['no-dsa', 'minor'],
  ['postponed', 'deferred'],
  ['ignored', 'wont-fix'],
  ['end-of-life', 'end-of-life'],
  ['undetermined', 'undetermined'],
  ['unfixed', 'affected'],
  // Gone from unstable without a fix; releases may have it still.
  ['removed', 'affected'],
])
