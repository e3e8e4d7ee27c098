/** What can be done about the vulnerabilities of an image, as parts of a page: one card for each owner of packages. */
import { type Severity, severities } from '../model/finding.ts'
import type { Owner, Remedy, Snippet, Upgrade } from '../model/remedy.ts'
import { shown } from './html-page.ts'
import { plural } from './scan-facts.ts'

export const ownerNames: Readonly<Record<Owner, string>> = {
  base: 'Base image',
  os: 'System packages',
  application: 'Application',
  stray: 'Stray binaries',
}

const maxUpgrades = 100
const maxIds = 12
const maxLines = 200

export const severityTag = (severity: Severity, text: string = severity): string =>
  `<span class="tag s-${severity}">${text}</span>`

/** `3 critical` `1 high`, each in its colour; '' when there are none. */
export const severityTags = (tally: Readonly<Record<Severity, number>>): string => {
  const tags = severities
    .filter(severity => tally[severity] > 0)
    .map(severity => severityTag(severity, `${tally[severity]} ${severity}`))
  return tags.length === 0 ? '' : `<p class="tags">${tags.join(' ')}</p>`
}

export const commandLines = (commands: readonly string[]): string =>
  commands.length === 0 ? '' : preformatted('Commands', commands)

/** Blanks at the start of a line count in some files. */
const preformatted = (label: string, lines: readonly string[]): string => {
  const texts = lines.slice(0, maxLines).map(line => /^ {0,40}/.exec(line)![0] + shown(line, 2000))
  const left = lines.length - texts.length
  return `<pre tabindex="0" role="group" aria-label="${label}"><code>${texts.join('\n')}</code></pre>${left > 0 ? `<p class="soft">${left} more: the format json has them all.</p>` : ''}`
}

export const showRemedies = (remedies: readonly Remedy[]): string =>
  remedies.length === 0 ? '' : `<div class="cards">\n${remedies.map(card).join('\n')}\n</div>\n`

const card = ({ owner, ecosystem, text, commands, snippets = [], bySeverity, closes, upgrades }: Remedy): string => {
  const name = `${ownerNames[owner]}${ecosystem === undefined ? '' : ` (${ecosystem})`}`
  const all = Object.values(bySeverity).reduce((sum, count) => sum + count, 0)
  const effect =
    closes === undefined
      ? ''
      : `<p class="${closes > 0 ? 'good' : 'soft'}">Closes ${closes} of ${plural(all, 'vulnerability', 'vulnerabilities')}.</p>`
  return `<section class="panel"><h3>${shown(name)}</h3>${severityTags(bySeverity)}<p>${shown(text, 1200)}</p>${commandLines(commands)}${snippets.map(one => fileLines(one)).join('')}${effect}${upgradeTable(name, upgrades)}</section>`
}

const fileLines = ({ file, text }: Snippet): string =>
  `<p>In <code>${shown(file)}</code>:</p>${preformatted('Lines for the file', text.split('\n'))}`

const upgradeTable = (name: string, upgrades: readonly Upgrade[]): string => {
  if (upgrades.length === 0) return ''
  const rows = upgrades.slice(0, maxUpgrades).map(({ name: one, from, to, paths, vulnerabilities }) => {
    const ids = vulnerabilities.slice(0, maxIds).map(id => shown(id, 60))
    const more = vulnerabilities.length > maxIds ? ` and ${vulnerabilities.length - maxIds} more` : ''
    const where =
      paths.length === 0
        ? ''
        : `<br><code class="soft">${paths
            .slice(0, 3)
            .map(path => shown(path))
            .join('<br>')}</code>`
    return `<tr><th scope="row"><code>${shown(one, 120)}</code>${where}</th><td><code>${shown(from, 80)}</code></td><td>${to === undefined ? 'no fix known' : `<code>${shown(to, 80)}</code>`}</td><td>${ids.join(', ')}${more}</td></tr>`
  })
  const left = upgrades.length - rows.length
  return `<details><summary>${plural(upgrades.length, 'package')}</summary><table class="fixed"><caption>${shown(name)}: what to upgrade</caption><thead><tr><th scope="col">Package</th><th scope="col">From</th><th scope="col">To</th><th scope="col">Vulnerabilities</th></tr></thead><tbody>${rows.join('')}</tbody></table>${left > 0 ? `<p class="soft">${left} more: the format json has them all.</p>` : ''}</details>`
}
