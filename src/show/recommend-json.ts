/** What `bulkhead recommend` found, as JSON. Its schema is docs/recommend-report.schema.json; `schemaVersion` rises when a reader would have to change. */
import type { Measure, Recommendation } from '../model/recommendation.ts'
import { jsonText } from './json-text.ts'
import { remediesJson } from './remedies-json.ts'

const measureJson = (measure: Measure | undefined): object | null =>
  measure
    ? {
        vulnerabilities: measure.bySeverity,
        kev: measure.kev,
        packages: measure.packages,
        uncovered: measure.uncovered,
        size: measure.size ?? null,
      }
    : null

export const recommendSchemaVersion = 1

/** The same report gives the same bytes; every key is always there. Ends with LF. */
export const showRecommendJson = (report: Recommendation): string =>
  jsonText({
    schemaVersion: recommendSchemaVersion,
    tool: { name: 'bulkhead', version: report.version },
    at: report.at,
    image: report.image ? { name: report.image.name, measure: measureJson(report.image.measure) } : null,
    dockerfile: report.dockerfile ?? null,
    isOffline: report.isOffline,
    base: {
      standing: report.answer.standing,
      name: report.base.name ?? null,
      digest: report.base.digest ?? null,
      layers: report.answer.layers ?? null,
      decidedBy: report.answer.by,
      evidence: report.answer.evidence,
      contradictions: report.answer.contradictions,
      aliases: report.answer.aliases,
      supportUntil: report.base.supportUntil ?? null,
      isEnded: report.base.isEnded,
      isPinned: report.base.isPinned,
      measure: measureJson(report.base.measure),
    },
    own: measureJson(report.own),
    candidates: report.candidates.map(one => ({
      name: one.name,
      kind: one.kind,
      supportUntil: one.supportUntil ?? null,
      benefits: one.benefits,
      risks: one.risks,
      measure: measureJson(one.measure),
      predicted: measureJson(one.predicted),
      missing: one.missing ?? null,
      digest: one.digest ?? null,
      pin: one.pin ?? null,
      isPresent: one.isPresent,
      isRolling: one.isRolling === true,
      isPartial: one.isPartial === true,
      newCritical: one.newCritical,
    })),
    remedies: remediesJson(report.remedies),
    unverified: report.unverified,
    problems: report.problems.map(({ kind, code, message }) => ({ kind, code, message })),
  })
