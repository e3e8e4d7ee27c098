import { insertAt, replaceAt, shippedStages } from '../../../judge/dockerfile-queries.ts'
import type { Stage } from '../../../read/dockerfile/graph.ts'
import { packageRequest } from '../../../read/shell/packages.ts'
import { nameOfImage, officialImage } from '../image-choice.ts'
import { hasJdk, runtimeOf } from '../java-images.ts'
import { isEverywhere, runNeeds } from '../run-needs.ts'
import { type HardenSubject, transformation } from '../transformation.ts'

const brought = new Set(['java', 'keytool', 'rmiregistry', 'jrunscript', 'jfr', 'curl', 'wget'])

export default transformation({
  title: 'Run on a Java runtime, without the compiler',
  why: 'The JDK has a compiler, a debugger and tools that look into running programs. A program that was compiled needs none of them, and whoever breaks in can use all of them. The runtime is the same Java, a third smaller.',
  level: 'balanced',
  safety: 'unsafe',
  order: 105,
  apply(subject) {
    const stage = shippedStages(subject.dockerfile).at(-1)
    if (stage?.base.kind !== 'image' || !stage.baseWord || stage.base.reference.digest !== undefined) return undefined
    const { reference } = stage.base
    if (officialImage(reference) !== 'eclipse-temurin' || !hasJdk(reference)) return undefined
    const name = runtimeOf(subject, reference)
    if (name === undefined || usesMore(subject, stage)) return undefined
    const { raw, span } = stage.baseWord
    const before = nameOfImage(reference)
    if (raw !== before && !raw.endsWith(`/${before}`)) {
      // `eclipse-temurin:${VERSION}` stays a variable.
      if (!name.startsWith(`${before}-`) || /["'\\`]/.test(raw)) return undefined
      return {
        edits: [insertAt(subject.dockerfile, span.end, name.slice(before.length))],
        title: title(name, before),
        risk,
        check: [],
      }
    }
    return {
      edits: [replaceAt(subject.dockerfile, span, raw.slice(0, raw.length - before.length) + name)],
      title: title(name, before),
      risk,
      check: [],
    }
  },
})

const risk = 'Tools such as jcmd, jstack and jar are not there any more'
const title = (name: string, before: string): string => `Use \`${name}\` in place of \`${before}\`: nothing here compiles`

/** A step, or what starts, uses something that only the JDK may have. */
const usesMore = (subject: HardenSubject, stage: Stage): boolean => {
  const final = subject.dockerfile.final!
  const needs = runNeeds(subject, final)
  if (needs.unread.length > 0 || (needs.entrypoint === undefined && needs.cmd === undefined)) return true
  const installed = new Set<string>()
  const stages = [...new Set([stage, ...shippedStages(subject.dockerfile)])]
  const scripts = stages.flatMap(one => one.steps.flatMap(step => (step.instruction.name === 'RUN' ? step.scripts : [])))
  const commands = scripts.flatMap(script => script.commands)
  for (const command of commands) for (const { name } of packageRequest(command)?.packages ?? []) installed.add(name)
  const isThere = (program: string): boolean =>
    program === '' || brought.has(program) || isEverywhere(program) || installed.has(program)
  return (
    scripts.some(({ errors }) => errors.length > 0) ||
    commands.some(command => !isThere(command.name) && packageRequest(command) === undefined) ||
    [...needs.programs].some(program => !isThere(program) && !needs.scripts.some(({ path }) => path.endsWith(`/${program}`))) ||
    /\bjlink\b|\bjavac\b|JAVA_TOOL|tools\.jar/.test(subject.dockerfile.tree.text.slice(stage.from.instruction.span.start))
  )
}
