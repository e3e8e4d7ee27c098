/** Programs for the JVM: Maven (https://maven.apache.org/pom.html) and Gradle (https://docs.gradle.org/current/userguide/build_file_basics.html). */
import type { Native, Stack, Stated } from '../../../model/project.ts'
import { procfileStart } from '../command-words.ts'
import { type Probe, type Probed, probe, slashComment } from '../probes.ts'
import { defaultOf, readProperties, yamlSettings } from '../settings-lines.ts'
import { distinct, emptyStack, field, keysOf, type ProjectFolder, type StackReader, stated, textField } from '../stack-reader.ts'
import { child, childrenOf, childText, everywhere, type XmlElement } from '../xml-tree.ts'

/** Libraries that unpack and load machine code: `group:name` or the name alone. */
const native: Readonly<Record<string, string>> = {
  'snappy-java': 'it loads machine code of its own',
  rocksdbjni: 'it loads machine code of its own, for glibc and for musl',
  'netty-tcnative': 'it loads the OpenSSL of the system',
  'netty-tcnative-boringssl-static': 'it loads machine code that needs glibc',
  'netty-transport-native-epoll': 'it loads machine code that needs glibc',
  'zstd-jni': 'it loads machine code of its own',
  'sqlite-jdbc': 'it loads machine code of its own, for glibc and for musl',
  duckdb_jdbc: 'it loads machine code that needs glibc',
  jna: 'it loads machine code of its own',
  leveldbjni: 'it loads machine code that needs glibc',
  'leveldbjni-all': 'it loads machine code that needs glibc',
  onnxruntime: 'it loads machine code that needs glibc',
  javacv: 'it loads machine code that needs glibc',
  'javacv-platform': 'it loads machine code that needs glibc',
  opencv: 'it loads machine code that needs glibc',
  'tensorflow-core-platform': 'it loads machine code that needs glibc',
  brotli4j: 'it loads machine code that needs glibc',
  'conscrypt-openjdk-uber': 'it loads machine code that needs glibc',
  'kafka-clients': 'it brings snappy-java and zstd-jni',
  'spring-kafka': 'it brings snappy-java and zstd-jni',
  'kafka-streams': 'it brings rocksdbjni',
  playwright: 'it starts a browser that needs glibc',
  jasperreports: 'it draws text: the fonts of the system and libfreetype are needed',
  poi: 'it measures text: the fonts of the system and libfreetype are needed',
  'poi-ooxml': 'it measures text: the fonts of the system and libfreetype are needed',
}

type Built = Pick<
  Stack,
  'manager' | 'lockFile' | 'manifests' | 'version' | 'dependencies' | 'devDependencies' | 'build' | 'output' | 'start'
> & { readonly by: string }

const reader: StackReader = {
  name: 'java',
  marks: ['pom.xml', 'build.gradle', 'build.gradle.kts', 'settings.gradle', 'settings.gradle.kts'],
  read(folder, outer) {
    const built = folder.has('pom.xml') ? maven(folder, outer) : gradle(folder, outer)
    if (!built) return undefined
    const { by, ...facts } = built
    const all = [...facts.dependencies]
    const names = new Set(all.map(one => one.slice(one.indexOf(':') + 1)))
    const sources = folder.sources(['.java', '.kt', '.scala', '.groovy'])
    const probed = probe(sources, probes, slashComment)
    const settings = settingsOf(folder)
    return {
      ...emptyStack('java', folder.path),
      ...facts,
      version: ownVersion(folder) ?? facts.version,
      start: stated(procfileStart(folder.text('Procfile')), folder.pathOf('Procfile')) ?? facts.start,
      native: [...names].flatMap((name): readonly Native[] => {
        const why = native[name]
        return why === undefined ? [] : [{ name, by, why, ...(why.endsWith('needs glibc') ? { libc: 'glibc' as const } : {}) }]
      }),
      ...probed,
      ...served(names, settings, probed, by),
    }
  },
}

export default reader

/** What version managers and Heroku read. */
const ownVersion = (folder: ProjectFolder): Stated<string> | undefined => {
  const line = /^\s{0,20}([\w.+-]{1,40})/.exec(folder.text('.java-version') ?? '')?.[1]
  const sdk = /^java[ \t]{0,4}=[ \t]{0,4}([\d.]{1,20})/m.exec(folder.text('.sdkmanrc') ?? '')?.[1]
  const runtime = readProperties(folder.text('system.properties') ?? '').get('java.runtime.version')
  return (
    stated(line, folder.pathOf('.java-version')) ??
    stated(sdk, folder.pathOf('.sdkmanrc')) ??
    stated(runtime, folder.pathOf('system.properties'))
  )
}

const maven = (folder: ProjectFolder, outer: Stack | undefined): Built | undefined => {
  const pom = folder.xml('pom.xml')
  const own = folder.pathOf('pom.xml')!
  if (pom?.name !== 'project') return undefined
  // Parents that lie in the context: https://maven.apache.org/pom.html#inheritance
  const line: XmlElement[] = [pom]
  const paths = [own]
  let at = ''
  for (let one: XmlElement | undefined = pom; one && line.length < 6; ) {
    const parent = child(one, 'parent')
    const path: string = childText(parent, 'relativePath') ?? '../pom.xml'
    if (!parent) break
    const name: string = at + (path.endsWith('.xml') ? path : `${path}/pom.xml`)
    one = folder.xml(name)
    if (one?.name !== 'project') break
    line.push(one)
    paths.push(folder.pathOf(name)!)
    at = name.slice(0, name.lastIndexOf('/') + 1)
  }
  const propertyOf = (name: string): Stated<string> | undefined => {
    for (const [i, one] of line.entries()) {
      const found = stated(childText(one, 'properties', name), paths[i])
      if (found) return found
    }
    return undefined
  }
  const property = (name: string): string | undefined => propertyOf(name)?.value
  const resolve = (text: string | undefined, depth = 0): string | undefined =>
    text === undefined || depth > 5
      ? undefined
      : text.includes('${')
        ? resolve(
            text.replace(/\$\{([\w.-]{1,100})\}/g, (whole, name: string) => {
              if (/^(?:project\.)?artifactId$/.test(name)) return childText(pom, 'artifactId') ?? whole
              if (/^(?:project\.)?version$/.test(name)) return version() ?? whole
              return property(name) ?? whole
            }),
            depth + 1,
          )
        : text
  const version = (): string | undefined => childText(pom, 'version') ?? childText(pom, 'parent', 'version')
  const plugins = line.flatMap(one => [
    ...childrenOf(one, 'build', 'plugins', 'plugin'),
    ...childrenOf(one, 'build', 'pluginManagement', 'plugins', 'plugin'),
  ])
  const plugin = (name: string): XmlElement | undefined =>
    plugins
      .filter(one => childText(one, 'artifactId') === name)
      .find(one => child(one, 'configuration') ?? child(one, 'executions')) ??
    plugins.find(one => childText(one, 'artifactId') === name)
  const ownPlugins = childrenOf(pom, 'build', 'plugins', 'plugin').map(one => childText(one, 'artifactId'))
  const compiler = plugin('maven-compiler-plugin')
  const language =
    propertyOf('maven.compiler.release') ??
    propertyOf('java.version') ??
    stated(childText(compiler, 'configuration', 'release'), own) ??
    propertyOf('maven.compiler.target') ??
    propertyOf('maven.compiler.source') ??
    stated(childText(compiler, 'configuration', 'target'), own) ??
    propertyOf('jdk.version') ??
    propertyOf('jvmTarget')
  const modules = childrenOf(pom, 'modules', 'module').map(one => one.text)
  const artifact = childText(pom, 'artifactId') ?? 'app'
  const packaging = childText(pom, 'packaging') ?? 'jar'
  const name =
    resolve(childText(pom, 'build', 'finalName')) ??
    (resolve(version()) === undefined ? undefined : `${artifact}-${resolve(version())}`)
  const isQuarkus = ownPlugins.some(one => /^(?:quarkus-maven-plugin)$|quarkus\.platform\.artifact-id/.test(one ?? ''))
  const assembled =
    ownPlugins.includes('maven-assembly-plugin') &&
    everywhere(plugin('maven-assembly-plugin'), 'descriptorRef').some(({ text }) => text === 'jar-with-dependencies')
  const shade = ownPlugins.includes('maven-shade-plugin') ? plugin('maven-shade-plugin') : undefined
  const shaded =
    shade && everywhere(shade, 'shadedArtifactAttached')[0]?.text === 'true'
      ? (everywhere(shade, 'shadedClassifierName')[0]?.text ?? 'shaded')
      : undefined
  const isSpring = ownPlugins.includes('spring-boot-maven-plugin')
  const isRunnable =
    isSpring ||
    isQuarkus ||
    ownPlugins.some(one => /(?:shade|assembly)-plugin$/.test(one ?? '')) ||
    everywhere(child(pom, 'build'), 'mainClass').length > 0
  const suffix = assembled ? '-jar-with-dependencies' : shaded !== undefined ? `-${shaded}` : ''
  const file =
    packaging === 'pom' || name === undefined
      ? undefined
      : isQuarkus
        ? 'target/quarkus-app/quarkus-run.jar'
        : `target/${name}${suffix}.${packaging === 'war' ? 'war' : 'jar'}`
  const dependencies = new Set<string>()
  const devDependencies = new Set<string>()
  for (const one of line.flatMap(each => childrenOf(each, 'dependencies', 'dependency'))) {
    const id = `${resolve(childText(one, 'groupId')) ?? ''}:${childText(one, 'artifactId') ?? ''}`
    ;(childText(one, 'scope') === 'test' ? devDependencies : dependencies).add(id)
  }
  const isMember = outer?.manifests.includes(own) === true
  const names = [
    'pom.xml',
    ...poms(folder, modules, '', 0),
    'mvnw',
    ...folder.files.filter(path => path.startsWith('.mvn/')).slice(0, 100),
    'settings.xml',
  ].filter(path => folder.has(path))
  return {
    manager: 'maven',
    lockFile: undefined,
    manifests: [...new Set([...(isMember ? outer.manifests : []), ...names.flatMap(path => folder.pathOf(path) ?? [])])].sort(),
    version: stated(resolve(language?.value), language?.by) ?? (isMember ? outer.version : undefined),
    dependencies,
    devDependencies,
    build: isMember ? undefined : { value: `${folder.has('mvnw') ? './mvnw' : 'mvn'} -B package`, by: own },
    output: stated(isQuarkus ? 'target/quarkus-app' : file, own),
    start:
      file !== undefined && isRunnable && (packaging === 'jar' || isSpring || isQuarkus)
        ? { value: ['java', '-jar', file], by: own }
        : undefined,
    by: own,
  }
}

const mostModules = 200

const poms = (folder: ProjectFolder, modules: readonly string[], base: string, depth: number): readonly string[] => {
  const found: string[] = []
  for (const module of modules.slice(0, mostModules)) {
    const name = `${base}${module}${module.endsWith('.xml') ? '' : '/pom.xml'}`
    if (!folder.has(name)) continue
    found.push(name)
    const inner = childrenOf(folder.xml(name), 'modules', 'module').map(({ text }) => text)
    if (depth < 3 && inner.length > 0) found.push(...poms(folder, inner, name.slice(0, name.lastIndexOf('/') + 1), depth + 1))
  }
  return found
}

const gradle = (folder: ProjectFolder, outer: Stack | undefined): Built | undefined => {
  const file = ['build.gradle.kts', 'build.gradle'].find(name => folder.has(name))
  const settingsFile = ['settings.gradle.kts', 'settings.gradle'].find(name => folder.has(name))
  const own = folder.pathOf(file ?? settingsFile ?? 'build.gradle')!
  const isMember = outer?.manifests.includes(own) === true
  const text = (file === undefined ? undefined : folder.text(file)) ?? ''
  const settings = (settingsFile === undefined ? undefined : folder.text(settingsFile)) ?? ''
  const properties = readProperties(folder.text('gradle.properties') ?? '')
  const language =
    /JavaLanguageVersion\.of\(\s{0,4}["']?(\d{1,2})/.exec(text)?.[1] ??
    /jvmToolchain\(\s{0,4}(\d{1,2})/.exec(text)?.[1] ??
    /(?:sourceCompatibility|targetCompatibility)[ \t]{0,4}=?[ \t]{0,4}["']?(?:JavaVersion\.VERSION_)?(\d{1,2}(?:[._]\d)?)/
      .exec(text)?.[1]
      ?.replace('_', '.') ??
    /\brelease(?:\.set\(|[ \t]{0,4}=[ \t]{0,4})(\d{1,2})/.exec(text)?.[1]
  const { dependencies, devDependencies } = gradleDependencies(folder, text)
  const includes = [...settings.matchAll(/["'](:?[\w.-]{1,80}(?::[\w.-]{1,80}){0,4})["']/g)].map(([, name]) =>
    name!.replace(/^:/, '').replaceAll(':', '/'),
  )
  const names = [
    ...[
      'build.gradle',
      'build.gradle.kts',
      'settings.gradle',
      'settings.gradle.kts',
      'gradle.properties',
      'gradlew',
      'gradle.lockfile',
      'settings-gradle.lockfile',
    ],
    ...folder.files
      .filter(name =>
        /^gradle\/(?:wrapper\/[^/]{1,60}|[^/]{1,60}\.(?:toml|gradle|kts)|verification-[^/]{1,40})$|^(?:buildSrc|build-logic)\//.test(
          name,
        ),
      )
      .slice(0, 200),
    ...includes
      .slice(0, mostModules)
      .flatMap(name => ['build.gradle', 'build.gradle.kts', 'gradle.lockfile'].map(one => `${name}/${one}`)),
  ].filter(name => folder.has(name))
  const artifact =
    /rootProject\.name[ \t]{0,4}=[ \t]{0,4}["']([^"'\n]{1,100})["']/.exec(settings)?.[1] ??
    (folder.path === '' ? undefined : folder.path.slice(folder.path.lastIndexOf('/') + 1))
  const version = /^[ \t]{0,8}version[ \t]{0,4}=?[ \t]{0,4}["']([^"'\n$]{1,60})["']/m.exec(text)?.[1] ?? properties.get('version')
  const base = /archiveBaseName(?:\.set\(|[ \t]{0,4}=[ \t]{0,4})["']([^"'\n$]{1,100})["']/.exec(text)?.[1] ?? artifact
  const fixed = /archiveFileName(?:\.set\(|[ \t]{0,4}=[ \t]{0,4})["']([^"'\n$]{1,100})["']/.exec(text)?.[1]
  const has = (id: string): boolean => text.includes(`"${id}"`) || text.includes(`'${id}'`)
  const isSpring = has('org.springframework.boot')
  const isShadow = has('com.github.johnrengelman.shadow') || has('com.gradleup.shadow')
  const isQuarkus = has('io.quarkus')
  const isApplication = has('application') || /^[ \t]{0,8}application[ \t]{0,4}$/m.test(text)
  const isKtor = has('io.ktor.plugin')
  const jar = isQuarkus
    ? 'build/quarkus-app/quarkus-run.jar'
    : fixed !== undefined
      ? `build/libs/${fixed}`
      : base === undefined
        ? undefined
        : `build/libs/${base}${version === undefined ? '' : `-${version}`}${isShadow || isKtor ? '-all' : ''}.jar`
  const run = folder.has('gradlew') ? './gradlew' : 'gradle'
  const task = isSpring
    ? 'bootJar'
    : isShadow
      ? 'shadowJar'
      : isKtor
        ? 'buildFatJar'
        : isQuarkus
          ? 'build'
          : isApplication
            ? 'installDist'
            : 'build'
  const isInstalled = task === 'installDist' && artifact !== undefined
  return {
    manager: 'gradle',
    lockFile: folder.has('gradle.lockfile') ? folder.pathOf('gradle.lockfile') : undefined,
    manifests: [...new Set([...(isMember ? outer.manifests : []), ...names.flatMap(name => folder.pathOf(name) ?? [])])].sort(),
    version: stated(language, own) ?? (isMember ? outer.version : undefined),
    dependencies,
    devDependencies,
    build: isMember || file === undefined ? undefined : { value: `${run} ${task}`, by: own },
    output:
      file === undefined
        ? undefined
        : isInstalled
          ? { value: `build/install/${artifact}`, by: own }
          : stated(isQuarkus ? 'build/quarkus-app' : jar, own),
    start: isInstalled
      ? { value: [`build/install/${artifact}/bin/${artifact}`], by: own }
      : jar !== undefined && (isSpring || isShadow || isQuarkus || isKtor)
        ? { value: ['java', '-jar', jar], by: own }
        : undefined,
    by: own,
  }
}

const gradleDependencies = (
  folder: ProjectFolder,
  text: string,
): { readonly dependencies: ReadonlySet<string>; readonly devDependencies: ReadonlySet<string> } => {
  const dependencies = new Set<string>()
  const devDependencies = new Set<string>()
  const libraries = field(folder.toml('gradle/libs.versions.toml') ?? folder.toml('../gradle/libs.versions.toml'), 'libraries')
  const aliases = new Map<string, string>()
  for (const alias of keysOf(libraries)) {
    const whole = textField(libraries, alias)?.split(':').slice(0, 2).join(':')
    const module =
      textField(libraries, alias, 'module') ??
      whole ??
      `${textField(libraries, alias, 'group') ?? ''}:${textField(libraries, alias, 'name') ?? ''}`
    aliases.set(alias.replace(/[-_]/g, '.').toLowerCase(), module)
  }
  for (const [, kind, literal, alias] of text.matchAll(
    /\b(implementation|api|runtimeOnly|compileOnly|testImplementation|testRuntimeOnly|developmentOnly|annotationProcessor)[ \t(]{1,8}(?:(?:platform|enforcedPlatform|kotlin)\()?(?:["']([\w.-]{1,120}:[\w.-]{1,120})|libs\.([\w.]{1,120}))/g,
  )) {
    const name = literal ?? aliases.get(alias!.replace(/\.get$/, '').toLowerCase())
    if (name === undefined) continue
    ;(/^(?:test|development|annotation|compileOnly)/.test(kind!) ? devDependencies : dependencies).add(name)
  }
  return { dependencies, devDependencies }
}

type Settings = { readonly get: (name: string) => Stated<string> | undefined }

/** application.properties and application.yml, where Spring, Quarkus and Micronaut look for them. */
const settingsOf = (folder: ProjectFolder): Settings => {
  const all: (readonly [string, ReadonlyMap<string, string>])[] = []
  for (const base of ['src/main/resources/config/', 'src/main/resources/', 'config/', ''])
    for (const name of ['application.properties', 'application.yml', 'application.yaml', 'bootstrap.yml']) {
      const path = base + name
      if (!folder.has(path)) continue
      all.push([
        folder.pathOf(path)!,
        name.endsWith('.properties') ? readProperties(folder.text(path) ?? '') : yamlSettings(folder.yaml(path)),
      ])
    }
  return {
    get: name => {
      for (const [by, settings] of all) {
        const value = settings.get(name)
        const known = value === undefined ? undefined : defaultOf(value)
        if (known !== undefined) return { value: known, by }
      }
      return undefined
    },
  }
}

const served = (
  names: ReadonlySet<string>,
  settings: Settings,
  probed: Probed,
  by: string,
): Pick<Stack, 'ports' | 'healthPaths' | 'writes'> => {
  const has = (pattern: RegExp): boolean => [...names].some(name => pattern.test(name))
  const isSpring = has(/^spring-boot-starter-(?:web|webflux|web-mvc|webmvc|jersey|data-rest|thymeleaf|graphql)$/)
  const isQuarkus = has(/^quarkus-(?:rest|resteasy|vertx-http|reactive-routes|smallrye|undertow)/)
  const isMicronaut = has(/^micronaut-http-server/)
  const ports: Stated<number>[] = []
  const writes: Stated<string>[] = []
  const healthPaths: Stated<string>[] = []
  const port = (name: string): boolean => {
    const found = settings.get(name)
    const value = Number(found?.value)
    if (!found || !(value > 0 && value < 65_536)) return false
    ports.push({ value, by: found.by })
    return true
  }
  const isSet = port('server.port') || port('quarkus.http.port') || port('micronaut.server.port')
  port('management.server.port')
  if (!isSet && (isSpring || isQuarkus || isMicronaut)) ports.push({ value: 8080, by })
  if (has(/^spring-boot-starter-actuator$/)) {
    const base = settings.get('management.endpoints.web.base-path')?.value ?? '/actuator'
    const context = settings.get('management.server.port') ? '' : (settings.get('server.servlet.context-path')?.value ?? '')
    healthPaths.push({ value: `${context.replace(/\/$/, '')}${base === '/' ? '' : base}/health`, by })
  }
  if (has(/^quarkus-smallrye-health$/))
    healthPaths.push({ value: settings.get('quarkus.smallrye-health.root-path')?.value ?? '/q/health', by })
  if (has(/^micronaut-management$/)) healthPaths.push({ value: '/health', by })
  // The servers inside of Spring keep what they write in a folder of java.io.tmpdir.
  if (isSpring) writes.push({ value: '/tmp', by })
  for (const name of [
    'logging.file.path',
    'quarkus.log.file.path',
    'logging.file.name',
    'logging.file',
    'spring.servlet.multipart.location',
  ]) {
    const found = settings.get(name)
    const path = found && /\.log$/.test(found.value) ? found.value.slice(0, found.value.lastIndexOf('/')) : found?.value
    if (found && path) writes.push({ value: path.replace(/^\.\//, ''), by: found.by })
  }
  // https://www.h2database.com/html/features.html#database_url
  const url = settings.get('spring.datasource.url') ?? settings.get('quarkus.datasource.jdbc.url')
  const file = /^jdbc:(?:h2:(?:file:)?|sqlite:|hsqldb:file:)((?!mem:|tcp:)[^;:]{1,200})/.exec(url?.value ?? '')?.[1]
  if (url && file?.includes('/')) writes.push({ value: file.slice(0, file.lastIndexOf('/')).replace(/^\.\//, ''), by: url.by })
  return {
    ports: distinct([...ports, ...probed.ports]),
    healthPaths: distinct([...healthPaths, ...probed.healthPaths]),
    writes: distinct([...writes, ...probed.writes]),
  }
}

const isPath = (args: readonly string[]): boolean => args.length > 0

const probes: readonly Probe[] = [
  {
    finds: 'writes',
    pattern: /\bnew[ \t]{1,4}(?:FileWriter|FileOutputStream|PrintWriter|RandomAccessFile)\(/g,
    argument: 0,
    isFolderOf: true,
  },
  {
    finds: 'writes',
    pattern: /\bFiles\.(?:write|writeString|newBufferedWriter|newOutputStream|createFile)\(/g,
    argument: 0,
    only: isPath,
    isFolderOf: true,
  },
  { finds: 'writes', pattern: /\bFiles\.(?:createDirectories|createDirectory)\(/g, argument: 0, only: isPath },
  { finds: 'writes', pattern: /\bFiles\.(?:copy|move)\(/g, argument: 1, only: args => args.length > 1, isFolderOf: true },
  { finds: 'writes', pattern: /\b(?:File|Files)\.(?:createTempFile|createTempDirectory)\(/g, value: '/tmp' },
  { finds: 'writes', pattern: /\bnew[ \t]{1,4}File\([ \t]{0,4}"([^"\n]{1,100})"[ \t]{0,4}\)\.mkdirs?\(/g },
  {
    finds: 'ports',
    pattern: /\bnew[ \t]{1,4}(?:ServerSocket|InetSocketAddress|Server)\(/g,
    argument: 0,
    only: args => args.length === 1,
  },
  { finds: 'ports', pattern: /\bInetSocketAddress\([ \t]{0,4}"[^"\n]{1,40}"[ \t]{0,4},[ \t]{0,4}/g },
  { finds: 'ports', pattern: /\bInetSocketAddress\([ \t]{0,4}(?=[A-Za-z\d])/g },
  { finds: 'ports', pattern: /\bembeddedServer\(/g, argument: ['port', 1] },
  { finds: 'ports', pattern: /\b(?:app|javalin|server|Javalin\.create\(\))\.(?:start|listen)\(/g, argument: 0 },
  { finds: 'ports', pattern: /\bServerBuilder\.forPort\(/g, argument: 0 },
  { finds: 'ports', pattern: /^[ \t]{1,12}(?:Spark\.)?port\(/gm, argument: 0 },
  { finds: 'healthPaths', pattern: /@(?:GetMapping|RequestMapping|Path|Get)\(/g, argument: [0, 'value', 'path'] },
  { finds: 'healthPaths', pattern: /\b(?:app|javalin|server|router|Spark)\.(?:get|createContext|route)\(/g, argument: 0 },
  { finds: 'healthPaths', pattern: /^[ \t]{1,16}get\(/gm, argument: 0 },
  { finds: 'programs', pattern: /\bnew[ \t]{1,4}ProcessBuilder\(/g, argument: 0 },
  {
    finds: 'programs',
    pattern: /\b(?:new[ \t]{1,4}ProcessBuilder|ProcessBuilder)\([ \t]{0,4}(?:List\.of|Arrays\.asList|listOf)\(/g,
    argument: 0,
  },
  { finds: 'programs', pattern: /\.getRuntime\(\)\.exec\((?:[ \t]{0,4}new String\[\][ \t]{0,4}\{)?/g, argument: 0 },
]
