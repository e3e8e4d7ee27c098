/** Remedies as JSON: the same in every report that has them. */
import { severities } from '../model/finding.ts'
import type { Remedy } from '../model/remedy.ts'

export const remediesJson = (remedies: readonly Remedy[]): readonly object[] =>
  remedies.map(({ owner, ecosystem, text, commands, snippets = [], bySeverity, closes, upgrades }) => ({
    owner,
    ecosystem: ecosystem ?? null,
    text,
    commands,
    snippets: snippets.map(one => ({ file: one.file, text: one.text })),
    vulnerabilities: Object.fromEntries(severities.map(severity => [severity, bySeverity[severity]])),
    closes: closes ?? null,
    upgrades: upgrades.map(({ name, ecosystem: of, from, to, paths, vulnerabilities }) => ({
      name,
      ecosystem: of,
      from,
      to: to ?? null,
      paths,
      vulnerabilities,
    })),
  }))
