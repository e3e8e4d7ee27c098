/** Bulkhead as a library. */

import { check, exitCode } from './flows/check.ts'
import { containerRules } from './judge/rules/container-registry.ts'
import { manifestRules } from './judge/rules/manifest-registry.ts'
import { rules } from './judge/rules/registry.ts'
import type { CheckReport } from './model/report.ts'
import { version } from './model/version.ts'
import { memoryWorld } from './world/memory.ts'

export { applyEdits, planFixes } from './change/fix.ts'
export type { CheckOptions, CheckOutcome } from './flows/check.ts'
export { check, exitCode } from './flows/check.ts'
export type { InventoryOptions } from './flows/inventory.ts'
export { takeInventory } from './flows/inventory.ts'
export type { ScanOptions, Silencer } from './flows/scan.ts'
export { scanInventory } from './flows/scan.ts'
export { breakoutsOf } from './judge/breakout.ts'
export type { ContainerFacts, ContainerRule } from './judge/container-rule.ts'
export { cvssScore } from './judge/cvss.ts'
export { podSecurity } from './judge/pod-security.ts'
export { containerRules } from './judge/rules/container-registry.ts'
export { manifestRules } from './judge/rules/manifest-registry.ts'
export { rules } from './judge/rules/registry.ts'
export type { VersionOrder } from './judge/version-order.ts'
export { versionOrders } from './judge/versions/registry.ts'
export type { AdvisoryDatabase, AdvisoryEntry, AdvisoryRecord } from './model/advisory.ts'
export { DatabaseError } from './model/advisory.ts'
export type { Breakout } from './model/breakout.ts'
export type { Container, Setting, Wish } from './model/container.ts'
export type { Edit, Finding, Fix, Location, Problem, Safety, Severity } from './model/finding.ts'
export { UsageError } from './model/finding.ts'
export type { Image, ImageConfig, Layer } from './model/image.ts'
export type { Inventory } from './model/inventory.ts'
export type { Distro, Package } from './model/package.ts'
export type { CheckReport, RuleInfo } from './model/report.ts'
export type { Span } from './model/text.ts'
export { decode, encode, positionAt } from './model/text.ts'
export type { Coverage, Match, ScanReport, Vulnerability, VulnerabilityFinding } from './model/vulnerability.ts'
export type { World } from './model/world.ts'
export type { Cataloger } from './read/cataloger.ts'
export { catalogers } from './read/catalogers/registry.ts'
export type { ComposeInput, ComposeProject } from './read/compose/project.ts'
export { readComposeProject } from './read/compose/project.ts'
export { commandLine } from './read/docker-run/command-line.ts'
export { readDockerRun } from './read/docker-run/read-docker-run.ts'
export type { Dockerfile, Stage, State, Step } from './read/dockerfile/graph.ts'
export { parse } from './read/dockerfile/parse.ts'
export { print } from './read/dockerfile/print.ts'
export { readDockerfile } from './read/dockerfile/read-dockerfile.ts'
export type { Instruction, SyntaxTree } from './read/dockerfile/syntax.ts'
export type { ImageSource } from './read/image/image-source.ts'
export { inOrder } from './read/image/image-source.ts'
export { sources } from './read/image/sources.ts'
export type { ReadManifests } from './read/kubernetes/read-manifests.ts'
export { readManifests } from './read/kubernetes/read-manifests.ts'
export type { Command, Script } from './read/shell/script.ts'
export { readYaml } from './read/yaml/tree.ts'
export { showCycloneDx } from './show/cyclonedx.ts'
export { showGithub } from './show/github.ts'
export { showJson } from './show/json.ts'
export { showSarif } from './show/sarif.ts'
export { showScanJson } from './show/scan-json.ts'
export { showScanText } from './show/scan-text.ts'
export { showSpdx } from './show/spdx.ts'
export { showText } from './show/text.ts'
export { openDatabase } from './store/advisory-database.ts'
export { databaseFiles } from './store/database-files.ts'
export { machine } from './world/machine.ts'

/**
 * Judges one file given as text, a Dockerfile, Compose or Kubernetes, with the default rules, without touching the machine.
 * `severityThreshold` of the exit code is high, as on the command line.
 */
export const checkText = async (
  text: string,
  name = 'Dockerfile',
): Promise<{ readonly report: CheckReport; readonly exitCode: 0 | 1 | 2 }> => {
  const { report } = await check(memoryWorld({}), { ...rules, ...containerRules, ...manifestRules }, version, {
    paths: [],
    input: { name, bytes: new TextEncoder().encode(text) },
    config: 'none',
    shellcheck: 'off',
  })
  return { report, exitCode: exitCode(report, 'high', false) }
}
