/** What `bulkhead harden` changed, or would change, as JSON. Its schema is docs/harden-report.schema.json. */
import type { Hardening } from '../model/hardening.ts'
import type { Proof, ProofSide } from '../model/proof.ts'
import { jsonText } from './json-text.ts'

export const hardenSchemaVersion = 1

/** `diffs`: of each file, in their order, without secrets. Ends with LF. */
export const showHardenJson = (hardening: Hardening, diffs: readonly string[], proof: Proof | undefined): string =>
  jsonText({
    schemaVersion: hardenSchemaVersion,
    tool: { name: 'bulkhead', version: hardening.version },
    path: hardening.path,
    context: hardening.context ?? null,
    level: hardening.level,
    files: hardening.files.map(({ path, before }, i) => ({ path, created: before === undefined, diff: diffs[i] ?? '' })),
    changes: hardening.changes.map(({ id, title, why, safety, risk, check, files }) => ({
      id,
      title,
      why,
      safety,
      risk: risk ?? null,
      check,
      files,
    })),
    leftOut: hardening.leftOut.map(({ id, title, reason, check }) => ({ id, title, reason, check })),
    proposed: { ...hardening.proposed, user: hardening.proposed.user ?? null },
    proof: proof
      ? {
          isProved: proof.isProved,
          before: sideJson(proof.before),
          after: sideJson(proof.after),
          backedOff: proof.backedOff,
          unseen: proof.unseen,
          builds: proof.builds,
          starts: proof.starts,
        }
      : null,
    problems: hardening.problems.map(({ kind, code, message }) => ({ kind, code, message })),
  })

const sideJson = ({ measure, run, buildError }: ProofSide): object => ({
  measure: measure ?? null,
  run: run ?? null,
  buildError: buildError ?? null,
})
