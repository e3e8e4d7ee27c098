import type { CommandAt } from '../../../judge/dockerfile-queries.ts'
import { commandsOf } from '../../../judge/dockerfile-queries.ts'
import { folderOf, nameOf } from '../../../read/image/paths.ts'
import { nameOfImage } from '../image-choice.ts'
import { hasJdk, runtimeOf } from '../java-images.ts'
import { type Copied, commandsAbove, type Scene, sceneOf, splitStage, valueIn } from '../split.ts'
import { assetsOf, workFolders } from '../split-choice.ts'
import { absolutePath, isWithin, wide } from '../step-effects.ts'
import { type HardenSubject, type LeftOut, transformation } from '../transformation.ts'

/** Of a JRE: https://adoptium.net/temurin/releases */
const brought = new Set(['java', 'keytool', 'rmiregistry', 'jrunscript', 'jfr'])
/** Settings of what builds, and of what looks for faults in sources. */
const noAsset =
  /(?:^|\/)(?:pom\.xml|[\w-]+-pom\.xml|build\.xml|settings\.xml|gradle|gradle\.properties|sonar-project\.properties|system\.properties|lombok\.config|(?:checkstyle|spotbugs|pmd|findbugs|formatter|suppressions)[^/]*|[^/]+\.toml)$/i
/** Plugins that put all dependencies into the jar. */
const packing =
  /spring-boot-maven-plugin|maven-shade-plugin|jar-with-dependencies|onejar|micronaut-maven-plugin|org\.springframework\.boot|com\.(?:github\.johnrengelman|gradleup)\.shadow|io\.ktor\.plugin|io\.micronaut\.application/

export default transformation({
  title: 'Build in a stage of its own, and ship a Java runtime with the program',
  why: 'Maven, Gradle, the compiler, the sources and the cache of all that was downloaded are no part of the program. They are hundreds of megabytes with holes of their own, and a compiler is a tool for whoever breaks in. The image that ships has the runtime and what you start.',
  level: 'balanced',
  safety: 'unsafe',
  order: 300,
  apply(subject) {
    const stage = subject.dockerfile.final
    if (stage?.base.kind !== 'image' || !hasJdk(stage.base.reference)) return undefined
    const compiles = stage.steps.find(
      ({ instruction }) =>
        /^(?:CMD|ENTRYPOINT)$/.test(instruction.name) &&
        /\b(?:mvnw?|gradlew?)\b[^&|;]*(?:spring-boot:run|exec:java|bootRun|\brun\b|quarkus:dev|quarkusDev|jetty:run)/.test(
          instruction.argument.text,
        ),
    )
    if (compiles)
      return leftOut(
        'it is compiled anew at each start',
        'Build it in a RUN (`mvn package`, `gradle build`), and start the jar by `java -jar`',
      )
    const scene = sceneOf(subject)
    const builds = scene && commandsAbove(scene).filter(isBuild)
    if (!scene || !builds || builds.length === 0) return undefined
    const base = runtimeOf(subject, scene.base)
    if (base === undefined)
      return leftOut(
        `which Java ${nameOfImage(scene.base)} has is not known, or there is no runtime of it`,
        'Name it in the tag, as in maven:3-eclipse-temurin-21',
      )
    if (subject.context === undefined || subject.project.isCut || subject.project.files.size === 0)
      return leftOut('the build context is not known, and files that the program reads may be in it')
    const started = startedOf(scene)
    if (typeof started === 'string') return leftOut(started, 'Start it by `java -jar` and the path of the jar that is built')
    const stack = subject.project.stacks.find(({ name }) => name === 'java')
    const { names, unsure } = assetsOf(scene, stack?.folder ?? '')
    const assets = names.filter(path => !noAsset.test(path))
    const copies: Copied[] = started.map(path => whole(subject, path))
    const isAlone = copies.every(({ from }) => from.endsWith('.jar'))
    for (const path of assets) if (!copies.some(({ from }) => isWithin(path, from))) copies.push({ from: path, to: path })
    const debugger_ = debugged(scene)
    return splitStage(scene, {
      base,
      family: base.endsWith('-alpine') ? 'alpine' : 'debian',
      copies,
      covered: workFolders(scene),
      isBuildVariable: name => /^(?:MAVEN|MVN|GRADLE|M2)_/.test(name),
      hasCertificates: true,
      provides: program => brought.has(program) || started.some(path => nameOf(path) === program),
      takesGlobal: () => true,
      title: `Build in a stage of its own, and ship ${base} with ${started.map(path => nameOf(path)).join(', ')}`,
      risk: 'Files that the program reads and that are not copied are not in the image any more, nor are tools such as jcmd and jstack',
      check: [
        ...(isAlone && assets.length === 0 && unsure.length === 0 ? [] : [filesCheck(assets, unsure)]),
        ...(debugger_ === undefined
          ? []
          : [`\`${debugger_}\` lets whoever reaches its port run code in the program: leave it out where it is not asked for`]),
      ].filter(text => text !== ''),
    })
  },
})

const filesCheck = (assets: readonly string[], unsure: readonly string[]): string =>
  [
    assets.length === 0
      ? ''
      : `The program reads ${assets.map(path => nameOf(path)).join(', ')} at run time: else leave these out`,
    unsure.length === 0 ? '' : `The program reads nothing of ${unsure.slice(0, 5).join(', ')} at run time: else copy it too`,
  ]
    .filter(text => text !== '')
    .join('. ')

const leftOut = (reason: string, ...check: readonly string[]): LeftOut => ({ leftOut: reason, check })

const isBuild = ({ command }: CommandAt): boolean =>
  /^(?:mvnw?|gradlew?)$/.test(command.name) &&
  command.operands.some(({ text }) =>
    /^(?:package|install|verify|deploy|.*:?(?:build|assemble|jar|bootJar|shadowJar|installDist|fatJar|uberJar|buildFatJar))$/.test(
      text,
    ),
  )

/** The lists of words that start a program, with the step that says them. */
const starts = (scene: Scene): readonly (readonly string[])[] => {
  const { entrypoint, cmd, words, scripts } = scene.needs
  const found: (readonly string[])[] = []
  const isPlain = words !== undefined && !/^(?:sh|bash|ash|dash)$/.test(nameOf(words[0] ?? ''))
  if (isPlain) found.push(words)
  else
    for (const step of [entrypoint, cmd])
      if (step)
        for (const { command } of commandsOf(step))
          if (command.nameWord) found.push([command.nameWord.text, ...command.args.map(({ text }) => valueIn(step, text))])
  for (const { text } of scripts)
    for (const [line] of text.matchAll(/\bjava[ \t][^\n;&|]{1,2000}/g))
      found.push(line.split(/[ \t]+/).map(word => word.replace(/^["']|["']$/g, '')))
  return found
}

/** What the commands that start it read of what was built: absolute paths, a pattern for the name among them; or why that is not known. */
const startedOf = (scene: Scene): readonly string[] | string => {
  const paths: string[] = []
  for (const words of starts(scene)) {
    const program = words[0] ?? ''
    const installed = /^(.*\/build\/install\/[^/]+)\/bin\/[^/]+$/.exec(absolutePath(program, scene.workdir) ?? '')
    if (installed) paths.push(installed[1]!)
    if (nameOf(program) !== 'java') continue
    for (let i = 1; i < words.length; i++) {
      const word = words[i]!
      const agent = /^-javaagent:([^=]+)/.exec(word)?.[1]
      const listed =
        word === '-jar'
          ? [words[++i] ?? '']
          : /^(?:-cp|-classpath|--class-path)$/.test(word)
            ? (words[++i] ?? '').split(':')
            : agent === undefined
              ? []
              : [agent]
      for (const one of listed) {
        const path = placeOf(one, scene.workdir)
        if (path === undefined) return `where \`${one.slice(0, 60)}\` is built is not known`
        if (!paths.includes(path)) paths.push(path)
      }
      if (word === '-jar') break
    }
  }
  return paths.length === 0 ? 'which jar starts is not known' : paths
}

/** `target/*.jar`: a pattern in the last name stays one. */
const placeOf = (text: string, workdir: string): string | undefined => {
  if (!text.includes('*')) return absolutePath(text, workdir)
  const name = nameOf(text)
  const folder = text.includes('/') ? absolutePath(folderOf(text) === '' ? '/' : folderOf(text), workdir) : workdir
  return folder === undefined || wide.has(folder) || !/^[\w.-]*\*[\w.-]*$/.test(name) || text.split('*').length > 2
    ? undefined
    : name === '*'
      ? folder
      : `${folder}/${name}`
}

/** The jar alone, or the folder that it lies in, where it needs what is beside it. */
const whole = ({ project }: HardenSubject, path: string): Copied => {
  const folder = path.slice(0, path.lastIndexOf('/'))
  if (!path.endsWith('.jar')) return { from: path, to: path }
  if (nameOf(path) === 'quarkus-run.jar') return { from: folder, to: folder }
  if (path.includes('*')) return { from: path, to: `${folder}/` }
  const manifests = [...project.texts].filter(([name]) => /(?:^|\/)(?:pom\.xml|build\.gradle(?:\.kts)?)$/.test(name))
  const isPacked =
    manifests.some(([, text]) => packing.test(text)) ||
    manifests.every(([, text]) => !/<dependency>|implementation|compile\b/.test(text))
  return isPacked || !/\/(?:target|build\/libs)$/.test(folder) ? { from: path, to: path } : { from: folder, to: folder }
}

const debugged = ({ needs }: Scene): string | undefined =>
  [needs.entrypoint, needs.cmd, ...needs.scripts].flatMap(one => {
    const text = one === undefined ? '' : 'text' in one ? one.text : one.instruction.argument.text
    return /-agentlib:jdwp|-Xrunjdwp/.exec(text)?.[0] ?? []
  })[0]
