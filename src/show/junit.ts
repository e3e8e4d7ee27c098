/** JUnit's XML, as CI servers read it: https://github.com/testmoapp/junitxml. A case for each package that has something. */
import type { Severity } from '../model/finding.ts'
import { isSevere, type ScanReport } from '../model/vulnerability.ts'
import { forXml } from './escape.ts'
import {
  epssText,
  type Group,
  groupsOf,
  pathOf,
  plural,
  type Row,
  stateText,
  tallyOf,
  tallyText,
  totalsOf,
} from './scan-facts.ts'

/** `failOn`: what counts and is this severe is a failure. */
export type JunitOptions = { readonly failOn: Severity | 'none' }

type Case = {
  readonly name: string
  readonly className: string
  readonly outcome: 'passed' | 'failure' | 'error' | 'skipped'
  readonly type?: string
  readonly message?: string
  readonly lines: readonly string[]
}

/** Ends with LF. */
export const showJunit = (report: ScanReport, options: JunitOptions = { failOn: 'high' }): string => {
  const groups = groupsOf(report)
  const totals = totalsOf(report, groups)
  const cases = [
    ...groups.map(group => caseOf(group, options)),
    ...report.problems.map(({ kind, code, message, at }): Case => {
      const path = at ? pathOf(at) : ''
      return {
        name: `${code}: ${message}`,
        className: 'not looked at',
        outcome: kind === 'failed' ? 'error' : 'skipped',
        type: code,
        message,
        lines: path === '' ? [] : [path],
      }
    }),
  ]
  // Servers take an empty suite for a broken one.
  if (cases.length === 0)
    cases.push({
      name:
        totals.packages === 0 ? 'no packages were found' : `no known vulnerabilities in ${plural(totals.packages, 'package')}`,
      className: 'packages',
      outcome: totals.packages === 0 ? 'skipped' : 'passed',
      lines: [],
    })
  const count = (outcome: Case['outcome']): number => cases.filter(one => one.outcome === outcome).length
  const attributes = [
    `name="${forXml(report.inventory.name)}"`,
    `tests="${cases.length}"`,
    `failures="${count('failure')}"`,
    `errors="${count('error')}"`,
    `skipped="${count('skipped')}"`,
  ].join(' ')
  const time = Date.parse(report.at)
  const stamp = Number.isNaN(time) ? '' : ` timestamp="${new Date(time).toISOString().slice(0, 19)}"`
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites ${attributes.replace(/^name="[^"]*"/, 'name="bulkhead scan"')}>`,
    `  <testsuite ${attributes}${stamp}>`,
    ...cases.map(element),
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n')
}

const isFailing = ({ standing, severity, vulnerability }: Row, { failOn }: JunitOptions): boolean =>
  standing === 'counts' && isSevere({ severity, vulnerability }, failOn)

const caseOf = (group: Group, options: JunitOptions): Case => {
  const open = group.rows.filter(({ standing }) => standing === 'counts')
  const failing = open.filter(row => isFailing(row, options))
  const { place, packages, ecosystem, name, version, isInBase } = group
  const installed = [...new Set(packages.map(one => one.name))].join(', ')
  const layer = place?.number === undefined ? '' : `layer ${place.number}`
  const base = {
    name: `${name} ${version}${installed === name ? '' : ` (${installed})`}`,
    className: [ecosystem, isInBase ? 'base image' : '', layer].filter(part => part !== '').join('.'),
    lines: group.rows.map(rowLine),
  }
  if (failing.length > 0) {
    const message = tallyText(tallyOf(open))
    return { ...base, outcome: 'failure', type: failing[0]!.severity, message }
  }
  if (open.length > 0) return { ...base, outcome: 'passed' }
  const suppressed = group.rows.filter(({ standing }) => standing === 'suppressed').length
  const aside = group.rows.length - suppressed
  const message = [
    suppressed > 0 ? `${suppressed} suppressed` : '',
    aside > 0 ? `${aside} left aside by the maintainers` : '',
  ].filter(part => part !== '')
  return { ...base, outcome: 'skipped', message: message.join(', ') }
}

const rowLine = ({ severity, vulnerability, finding }: Row): string => {
  const epss = epssText(vulnerability)
  return [
    `${severity} ${vulnerability.id}`,
    stateText(finding),
    epss === undefined ? '' : `EPSS ${epss}`,
    vulnerability.kev ? 'exploited in the wild' : '',
    finding.note ?? '',
    finding.suppressed ? `suppressed by ${finding.suppressed.by}: ${finding.suppressed.reason}` : '',
    vulnerability.summary,
  ]
    .filter(part => part !== '')
    .join(' | ')
}

const element = ({ name, className, outcome, type, message, lines }: Case): string => {
  const head = `    <testcase name="${forXml(name)}" classname="${forXml(className)}" time="0"`
  const text = lines.map(forXml).join('\n')
  const attributes = `${message === undefined ? '' : ` message="${forXml(message)}"`}${type === undefined ? '' : ` type="${forXml(type)}"`}`
  if (outcome === 'passed') return text === '' ? `${head}/>` : `${head}>\n      <system-out>${text}</system-out>\n    </testcase>`
  // The schemas of some servers allow no text in `skipped`.
  if (outcome === 'skipped')
    return `${head}>\n      <skipped${message === undefined ? '' : ` message="${forXml(message)}"`}/>${
      text === '' ? '' : `\n      <system-out>${text}</system-out>`
    }\n    </testcase>`
  return `${head}>\n      <${outcome}${attributes}>${text}</${outcome}>\n    </testcase>`
}
