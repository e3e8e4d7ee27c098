/** A Compose project, a stream of Kubernetes objects, a script that starts containers, as one thing to judge and to fix. */
import { dirname, join, resolve } from 'node:path'
import { argvEdits } from '../change/container/argv.ts'
import { composeEdits, type Fixed } from '../change/container/compose.ts'
import { kubernetesEdits } from '../change/container/kubernetes.ts'
import { withEdits } from '../change/container/with-edits.ts'
import { waysOut } from '../judge/breakout.ts'
import type { ContainerFacts, ContainerImage } from '../judge/container-rule.ts'
import { type JudgedContainer, judgeContainers, type RunningContainerRule } from '../judge/judge-container.ts'
import { judgeManifest, type ManifestFile, type RunningManifestRule } from '../judge/manifest-rule.ts'
import { secretsOfFile } from '../judge/secrets/redact-file.ts'
import type { Suppressions } from '../judge/suppress.ts'
import { suppressYaml } from '../judge/suppress-yaml.ts'
import type { Container } from '../model/container.ts'
import type { Finding, Location, Problem } from '../model/finding.ts'
import type { SourceFile } from '../model/report.ts'
import { decode, lineStarts, type Text, touches } from '../model/text.ts'
import { type World, WorldError } from '../model/world.ts'
import { readComposeProject } from '../read/compose/project.ts'
import { type FoundRuns, findDockerRuns, type RunFileKind } from '../read/docker-run/find-docker-run.ts'
import type { EnvironmentFile } from '../read/docker-run/read-docker-run.ts'
import type { Manifests } from '../read/kubernetes/manifests.ts'
import { type ReadManifests, readManifests } from '../read/kubernetes/read-manifests.ts'
import { readYaml, type YamlDocument, type YamlFile, type YamlStream } from '../read/yaml/tree.ts'
import { builtImageOf } from './built-images.ts'
import type { JudgedUnit, Unit } from './repair.ts'

export type ManifestRules = {
  rulesFor(path: string): ReadonlyMap<string, RunningContainerRule>
  fileRulesFor(path: string): ReadonlyMap<string, RunningManifestRule>
  suppressionsFor(path: string): Suppressions
  /** Whether a file is among those that this run judges, so that what it says is told there. */
  isJudged?(path: string): boolean
  /** Whether it is known that there is no such file. */
  isMissing?(path: string): boolean
  readonly facts: Pick<ContainerFacts, 'today' | 'allowedRegistries' | 'imageOf'>
}

/** A stream that was read already. `declared`: what all streams of this run declare, this one among them. */
export const kubernetesUnit = (text: Text, first: KubernetesStream, declared: () => Manifests, how: ManifestRules): Unit => {
  const { path } = first.stream.file
  return {
    path,
    textOf: file => (file === path ? text : undefined),
    async judge(changed) {
      const now = changed.get(path)
      const { stream, read } = now === undefined ? first : readStream(path, now)
      const manifests = declared()
      const pods = byPod(read.containers)
      const { judged, problems, facts } = judgeContainers(
        read.containers,
        how.rulesFor(path),
        container => ({ ...how.facts, manifests, neighbours: pods.get(container.pod ?? container) ?? [] }),
        textIn([stream.file]),
      )
      const fixed = judged.map(one =>
        fixedBy(one, () => ({ edits: kubernetesEdits(one.wishes, one.container, stream, read.nodeOf) })),
      )
      return report({ judged: fixed, problems, facts }, [...stream.problems, ...read.problems], [stream.file], how, 'kubernetes')
    },
  }
}

export type KubernetesStream = { readonly stream: YamlStream; readonly read: ReadManifests }

export const readStream = (path: string, text: string): KubernetesStream => {
  const stream = readYaml(path, text)
  return { stream, read: readManifests(stream) }
}

/** Command lines that start containers, in a script or a file of CI. */
export const scriptUnit = (text: Text, first: ScriptRuns, how: ManifestRules): Unit => {
  const { path } = first.file
  const { kind } = first
  return {
    path,
    textOf: file => (file === path ? text : undefined),
    async judge(changed) {
      const now = changed.get(path)
      const { file, runs } =
        now === undefined ? first : readScriptRuns(path, now, kind, first.environmentFile, first.workingFolder)
      const { judged, problems, facts } = judgeContainers(
        runs.containers,
        how.rulesFor(path),
        () => ({ ...how.facts, manifests: undefined, neighbours: runs.containers }),
        textIn([file]),
      )
      const runOf = new Map(runs.runs.map(run => [run.container, run]))
      const fixed = judged.map(one =>
        fixedBy(one, () => ({ edits: argvEdits(one.wishes, runOf.get(one.container)!, file.text) }), 'unsafe'),
      )
      return report({ judged: fixed, problems, facts }, runs.problems, [file], how)
    },
  }
}

export type ScriptRuns = {
  readonly file: YamlFile
  readonly runs: FoundRuns
  readonly kind?: RunFileKind | undefined
  readonly environmentFile?: EnvironmentFile | undefined
  readonly workingFolder?: string | undefined
}

/** `kind`: what the text is, where its path does not say it. */
export const readScriptRuns = (
  path: string,
  text: string,
  kind?: RunFileKind,
  environmentFile?: EnvironmentFile,
  workingFolder?: string,
): ScriptRuns => ({
  file: { path, text, lines: lineStarts(text) },
  runs: findDockerRuns(path, text, kind, environmentFile, workingFolder),
  kind,
  environmentFile,
  workingFolder,
})

/** A finding whose fix has edits, or says what to write where. */
const fixedBy = (one: JudgedContainer, edit: () => Fixed, least?: 'unsafe'): JudgedContainer =>
  one.finding.fix
    ? { ...one, finding: { ...one.finding, fix: withEdits(one.finding.fix, one.wishes, one.container, edit, least) } }
    : one

const byPod = (containers: readonly Container[]): ReadonlyMap<unknown, readonly Container[]> => {
  const pods = new Map<unknown, Container[]>()
  for (const container of containers) {
    const known = pods.get(container.pod ?? container)
    if (known) known.push(container)
    else pods.set(container.pod ?? container, [container])
  }
  return pods
}

/** `paths`: the files that are laid over one another; the first is the project's. What stands beside them is read where they name it. */
export const composeUnit = (
  world: World,
  paths: readonly [string, ...string[]],
  known: ReadonlyMap<string, Text>,
  how: ManifestRules,
  options: { readonly override?: boolean } = {},
): Unit => {
  /** What was read beside them, and what fixes wrote. */
  const texts = new Map<string, Text>()
  const [path] = paths
  return {
    path,
    textOf: file => texts.get(file) ?? known.get(file),
    written(file, now) {
      texts.set(file, now)
    },
    async judge(changed) {
      const textOf = (file: string): string | undefined => changed.get(file) ?? (texts.get(file) ?? known.get(file))?.text
      const project = await readComposeProject({
        main: paths.map(main => ({ path: main, text: textOf(main) ?? '' })),
        env: name => world.env[name],
        workingFolder: resolve(dirname(path)),
        ...(options.override === undefined ? {} : { override: options.override }),
        async load(file, limit) {
          const name = join(file)
          const own = textOf(name)
          if (own !== undefined) return { path: name, text: own }
          if (how.isMissing?.(name)) return undefined
          try {
            // Most files that are looked for are not there: asking first costs less than an error.
            if (!(await world.files.stat(name))) return undefined
            const text = decode(await world.files.read(name, limit))
            texts.set(name, text)
            return { path: name, text: text.text }
          } catch (error) {
            if (!(error instanceof WorldError)) throw error
            if (error.code === 'not-found') return undefined
            return { kind: 'failed', code: 'file-unreadable', message: error.message }
          }
        },
      })
      const { containers, files } = project
      const built = new Map<Container, ContainerImage>()
      for (const container of containers) {
        const image =
          container.build &&
          (await builtImageOf(
            world,
            container,
            project.nodeOf.get(container),
            dirname(path),
            file => how.isJudged?.(file) ?? false,
          ))
        if (image) built.set(container, image)
      }
      const { judged, problems, facts } = judgeContainers(
        containers,
        how.rulesFor(path),
        container => {
          const builtImage = built.get(container)
          return { ...how.facts, manifests: undefined, neighbours: containers, ...(builtImage ? { builtImage } : {}) }
        },
        textIn(files),
      )
      const fixed = judged.map(one => fixedBy(one, () => composeEdits(one.wishes, one.container, project, path)))
      return report({ judged: fixed, problems, facts }, project.problems, files, how, 'compose')
    },
  }
}

const textIn =
  (files: readonly YamlFile[]): ((at: Location) => string) =>
  at =>
    at.in === 'file'
      ? (files.find(({ path }) => path === at.path)?.text.slice(at.span.start, at.span.end) ?? '')
      : JSON.stringify(at)

const report = (
  { judged, problems, facts }: ReturnType<typeof judgeContainers>,
  more: readonly Problem[],
  files: readonly YamlFile[],
  how: ManifestRules,
  /** Undefined: no YAML. */
  form?: ManifestFile['form'],
): JudgedUnit => {
  const findings: Finding[] = []
  const told: Problem[] = [...more, ...problems]
  for (const file of files) {
    const own = judged.map(({ finding }) => finding).filter(({ at: [at] }) => at.in === 'file' && at.path === file.path)
    if (form) {
      const documents = (): readonly YamlDocument[] => readYaml(file.path, file.text).documents
      const whole = judgeManifest({ form, file, documents }, how.fileRulesFor(file.path))
      told.push(...whole.problems)
      // What a container's own finding hides is told there.
      const hidden = own.flatMap(({ redact }) => redact ?? [])
      own.push(...whole.findings.filter(({ at: [at] }) => at.in === 'file' && !hidden.some(one => touches(one, at.span))))
    }
    const suppressed = suppressYaml([file], own, how.suppressionsFor(file.path))
    findings.push(...suppressed.findings)
    told.push(...suppressed.problems)
  }
  const marked = new Map(findings.map(finding => [finding.key, finding]))
  const breakouts = waysOut(
    [...facts.keys()],
    container => facts.get(container)!,
    judged.map(one => ({ ...one, finding: marked.get(one.finding.key) ?? one.finding })),
  )
  // Of what nothing is told nothing is shown, and nothing needs to be hidden.
  const isQuiet = findings.length + told.length === 0 && breakouts.every(({ ways }) => ways.length === 0)
  return {
    findings,
    breakouts,
    problems: told,
    faults: more.filter(({ kind }) => kind === 'failed').length,
    files: files.map(file => (isQuiet ? { ...file, redact: [], secrets: [] } : sourceFile(file, findings))),
  }
}

/** What is hidden is looked for when the file is shown. */
const sourceFile = ({ path, text, lines }: YamlFile, findings: readonly Finding[]): SourceFile => {
  const known = findings.flatMap(({ at: [at], redact }) => (at.in === 'file' && at.path === path ? (redact ?? []) : []))
  const { spans, values } = secretsOfFile(text, known)
  return { path, text, lines, redact: spans, secrets: values }
}
