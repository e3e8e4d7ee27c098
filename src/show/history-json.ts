/** A history as JSON. Its schema is docs/history-report.schema.json; `schemaVersion` rises when a reader would have to change. */
import type { Digest, Suppression } from '../model/finding.ts'
import type { HistoryReport, LeakPlace } from '../model/leak.ts'
import { instructionTexts } from './instruction-text.ts'
import { jsonText } from './json-text.ts'

export const historySchemaVersion = 1

const suppressedJson = (one: Suppression | undefined): object | null =>
  one ? { by: one.by, reason: one.reason, until: one.until ?? null } : null

const gitJson = ({ git }: Extract<LeakPlace, { in: 'file' }>): object =>
  git ? { git: { ...git, id: git.id ?? null, type: git.type ?? null, name: git.name ?? null, offset: git.offset ?? null } } : {}

/** The same report gives the same bytes. Ends with LF. */
export const showHistoryJson = ({ version, inventory, leaks, findings, rules }: HistoryReport): string => {
  const { name, image, layers, problems } = inventory
  const numberOf = (diffId: Digest): number | null => layers.findIndex(layer => layer.diffId === diffId) + 1 || null
  const byStep = new Map(layers.map((layer, i) => [layer.step, { layer, number: i + 1 }]))
  const history = image?.config.history ?? []
  const instructions = instructionTexts(history)
  return jsonText({
    schemaVersion: historySchemaVersion,
    tool: { name: 'bulkhead', version },
    image: {
      name,
      id: image?.id ?? null,
      platform: image?.platform ?? null,
      author: image?.config.author || null,
      onBuild: image?.config.onBuild ?? [],
    },
    steps: history.map(({ created, comment, isEmpty }, step) => {
      const made = byStep.get(step)
      return {
        step,
        instruction: instructions[step] ?? '',
        created: created ?? null,
        comment,
        isEmpty,
        layer: made
          ? {
              number: made.number,
              diffId: made.layer.diffId,
              size: made.layer.size,
              entries: made.layer.files,
              ...made.layer.changes,
            }
          : null,
      }
    }),
    layers: layers.map(({ diffId, step, size, files, changes }, i) => ({
      number: i + 1,
      diffId,
      step: step ?? null,
      size,
      entries: files,
      ...changes,
    })),
    secrets: leaks.map(
      ({
        rule,
        detector,
        name: kind,
        at,
        reach,
        by,
        severity,
        prefix,
        length,
        fingerprint,
        key,
        isProved,
        shippedBy,
        value,
        revoke,
        link,
        note,
        suppressed,
      }) => ({
        rule,
        detector,
        name: kind,
        severity,
        key,
        at:
          at.in === 'file'
            ? {
                ...at,
                layer: at.layer + 1,
                diffId: at.diffId ?? null,
                step: at.step ?? null,
                inside: at.inside ?? null,
                ...gitJson(at),
              }
            : at,
        reach,
        by: by === undefined ? null : by + 1,
        prefix,
        length: length < 16 ? null : length,
        fingerprint: fingerprint ?? null,
        isProved,
        shippedBy: shippedBy ?? null,
        ...(value === undefined ? {} : { value }),
        revoke,
        link,
        note: note ?? null,
        suppressed: suppressedJson(suppressed),
      }),
    ),
    findings: findings.map(({ rule, key, severity, message, at, note, fix, suppressed }) => ({
      rule,
      severity,
      key,
      message,
      note: note ?? null,
      at: at.map(place => (place.in === 'layer' ? { ...place, layer: numberOf(place.layer), diffId: place.layer } : place)),
      why: rules.get(rule)?.why ?? '',
      fix: fix?.title ?? null,
      suppressed: suppressedJson(suppressed),
    })),
    problems: problems.map(({ kind, code, message }) => ({ kind, code, message })),
  })
}
