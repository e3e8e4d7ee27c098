/** A secret that ENV or ARG passes → the fix: a secret mount where only RUN needs it, else advice. */
import type { Edit, Fix } from '../model/finding.ts'
import { positionAt } from '../model/text.ts'
import type { Dockerfile, Step } from '../read/dockerfile/graph.ts'
import type { KeyValue } from '../read/dockerfile/syntax.ts'
import { fixBy, removeAt } from './dockerfile-queries.ts'
import { variableSecret } from './secret-ids.ts'
import { isTooLong, itemSpan, mountForms, mountVariable, secretMount } from './secret-mount.ts'
import { nameOf, variableUses } from './variable-uses.ts'

const manual = (title: string): Fix => fixBy('manual', title)

/**
 * `step` is the ENV or ARG, `pair` the one of its pairs that holds the secret. Fixes are `unsafe`: the container no longer
 * has the variable.
 */
export const secretVariableFix = (dockerfile: Dockerfile, step: Step, pair: KeyValue): Fix => {
  const { key } = pair
  const { id, from } = variableSecret(dockerfile, step, pair)
  const isEnv = step.instruction.name === 'ENV'
  const isOptional = step.instruction.name === 'ARG' && pair.value !== undefined && /^(?:""|'')?$/.test(pair.value.raw)
  const asVariable = `RUN --mount=${secretMount(id, [`env=${key}`], isOptional)} …`
  const hasVariables = mountForms(dockerfile) === 'env'
  const mount = hasVariables
    ? asVariable
    : `RUN --mount=${secretMount(id, [], isOptional)} export ${key}="$(cat /run/secrets/${id})" && …`
  const build = `\`docker build --secret id=${id},env=${from} .\``
  if (step.onbuild || !/^\w+$/.test(key) || isTooLong(dockerfile))
    return manual(`Use it where it is needed: ${mount}; at run time pass it from outside`)
  const removal = pairRemoval(dockerfile, step, pair)
  if (step.stage === undefined) return globalFix(dockerfile, pair, removal, mount)
  // What is said about containers holds for the stages that become one.
  const ships = step.stage.role === 'final' || step.stage.role === 'inherited'
  const { runs, served, undone, elsewhere, perhaps, kept, isPlain } = variableUses(dockerfile, step, key)
  const line = (offset: number): number => positionAt(dockerfile.tree.lines, offset).line
  if (elsewhere) {
    const { name, headSpan } = elsewhere.instruction
    return manual(
      /^(?:CMD|ENTRYPOINT|HEALTHCHECK)$/.test(name)
        ? atRunTime(key, id)
        : `Remove it here and from the ${name} in line ${line(headSpan.start)}, which keeps it too; RUN gets it by \`${mount}\`. ${ships ? atRunTime(key, id) : `Build with ${build}`}`,
    )
  }
  if (kept)
    return manual(
      `A mount alone does not help: \`${nameOf(kept)}\` in line ${line(kept.span.start)} writes it into a file, which stays in the layer. Mount the file itself: RUN --mount=${secretMount(id, ['target=/the/file'])} …`,
    )
  if (perhaps)
    return manual(
      `Find out whether \`${nameOf(perhaps)}\` in line ${line(perhaps.span.start)} reads it: then that RUN gets \`${mount}\`, and ${step.instruction.name} goes. ${isEnv && ships ? atRunTime(key, id) : `Build with ${build}`}`,
    )
  if (runs.length === 0) {
    if (isEnv && ships && undone.length === 0) return manual(atRunTime(key, id))
    if (!removal || (!isPlain && served.length === 0))
      return manual(`Use it where it is needed: ${mount}, and build with ${build}; at run time pass it from outside`)
    const edits = [removal, ...undone.map(one => removeAt(dockerfile, one.instruction.span))]
    return fixBy('unsafe', 'Remove it: nothing in this file needs it', ...edits)
  }
  if (!removal) return manual(`Remove it here, and give each RUN that uses it \`${mount}\`; build with ${build}`)
  const mounts: Edit[] = []
  for (const run of runs) {
    const edits = mountVariable(dockerfile, run, { id, name: key, isOptional })
    if (!edits)
      return manual(
        hasVariables
          ? `Remove it here; the RUN in line ${line(run.instruction.headSpan.start)} gets it by \`${mount}\`; build with ${build}`
          : `Make \`# syntax=docker/dockerfile:1\` the first line: then the RUN in line ${line(run.instruction.headSpan.start)} can get it by \`${asVariable}\`; build with ${build}`,
      )
    mounts.push(...edits)
  }
  const users = runs.length === 1 ? 'the RUN that uses it gets' : `the ${runs.length} RUN that use it get`
  return fixBy(
    'unsafe',
    `Remove it from ${step.instruction.name}; ${users} a secret mount${isEnv && ships ? ', and containers no longer have it' : ''}: build with ${build}`,
    removal,
    ...mounts,
    ...undone.map(one => removeAt(dockerfile, one.instruction.span)),
  )
}

/**
 * Before the first FROM an ARG holds for FROM lines only, until a stage declares it:
 * https://docs.docker.com/reference/dockerfile/#scope
 */
const globalFix = (dockerfile: Dockerfile, pair: KeyValue, removal: Edit | undefined, mount: string): Fix => {
  const used = new RegExp(`(?<!\\w)${RegExp.escape(pair.key)}(?!\\w)`)
  const isUsed = dockerfile.steps.some(({ stage, instruction }) =>
    stage === undefined || instruction.name === 'FROM'
      ? instruction.pairs.every(({ key }) => key !== pair.key) &&
        used.test(dockerfile.tree.text.slice(instruction.headSpan.start, instruction.headSpan.end))
      : instruction.name === 'ARG' && instruction.pairs.some(({ key }) => key === pair.key),
  )
  return isUsed || !removal
    ? manual(`Use it where it is needed: ${mount}`)
    : fixBy('unsafe', 'Remove it: no stage of this file declares it', removal)
}

const pairRemoval = (dockerfile: Dockerfile, { instruction }: Step, pair: KeyValue): Edit | undefined => {
  const { pairs } = instruction
  if (pairs.length === 1) return instruction.innerComments.length > 0 ? undefined : removeAt(dockerfile, instruction.span)
  const span = itemSpan(
    instruction,
    pairs.map(one => one.span),
    pairs.indexOf(pair),
  )
  return span && removeAt(dockerfile, span)
}

/**
 * https://docs.docker.com/compose/how-tos/use-secrets/,
 * https://kubernetes.io/docs/concepts/configuration/secret/#using-secrets-as-environment-variables
 */
const atRunTime = (key: string, id: string): string =>
  `Pass it when the container starts. Compose: \`services: { app: { secrets: [${id}] } }\` and \`secrets: { ${id}: { environment: ${key} } }\` give /run/secrets/${id}; ` +
  `Kubernetes: \`env: [{ name: ${key}, valueFrom: { secretKeyRef: { name: app, key: ${id.replaceAll('_', '-')} } } }]\``
