import { nameOf } from '../../../read/image/paths.ts'
import { newestAlpine, newestDebianSuite, officialImage, slimDebian } from '../image-choice.ts'
import { atRunTime } from '../runtime-packages.ts'
import { commandsAbove, type Scene, sceneOf, splitStage } from '../split.ts'
import { assetsOf, workFolders } from '../split-choice.ts'
import { absolutePath, isWithin } from '../step-effects.ts'
import { type LeftOut, transformation } from '../transformation.ts'

/** Crates that link a library of the distribution, and the package of its headers. Those that are built in (`vendored`, `bundled`) are not told apart. */
const headers: Readonly<Record<string, string>> = {
  'openssl-sys': 'libssl-dev',
  'native-tls': 'libssl-dev',
  'pq-sys': 'libpq-dev',
  'mysqlclient-sys': 'libmariadb-dev',
  'libsqlite3-sys': 'libsqlite3-dev',
  'libz-sys': 'zlib1g-dev',
  'curl-sys': 'libcurl4-openssl-dev',
}

export default transformation({
  title: 'Compile in a stage of its own, and ship the binary on a slim image',
  why: 'A program in Rust needs neither the compiler that made it nor the sources. The compiler’s image has a gigabyte and a half of tools and libraries, each with holes of its own, and ready for whoever breaks in. What ships is the binary, on the few files that it loads.',
  level: 'balanced',
  safety: 'unsafe',
  order: 300,
  apply(subject) {
    const stage = subject.dockerfile.final
    if (stage?.base.kind !== 'image' || officialImage(stage.base.reference) !== 'rust') return undefined
    if (
      stage.steps.some(
        ({ instruction }) =>
          /^(?:CMD|ENTRYPOINT)$/.test(instruction.name) && /^\W*cargo\W+(?:run|watch)\b/.test(instruction.argument.text),
      )
    )
      return leftOut(
        'it is started by cargo, which compiles it at each start',
        'Build it in a RUN (`RUN cargo build --release`), and start the binary below target/release',
      )
    const scene = sceneOf(subject)
    if (
      !scene ||
      !commandsAbove(scene).some(
        ({ command }) => command.name === 'cargo' && /^(?:build|install)$/.test(command.operands[0]?.text ?? ''),
      )
    )
      return undefined
    const start = scene.needs.entrypoint?.instruction.json
      ? scene.needs.words?.[0]
      : scene.needs.cmd?.instruction.json && !scene.needs.entrypoint
        ? scene.needs.words?.[0]
        : undefined
    const binary = start === undefined ? undefined : placeOf(scene, start)
    if (binary === undefined)
      return leftOut(
        start === undefined ? 'which binary starts is not known' : `where \`${start.slice(0, 60)}\` is built is not known`,
        'Start the binary by its path below target/release, in brackets',
      )
    if (subject.context === undefined || subject.project.isCut || subject.project.files.size === 0)
      return leftOut('the build context is not known, and files that the program reads may be in it')
    const stack = subject.project.stacks.find(({ name }) => name === 'rust')
    const native = stack?.native.filter(({ isDev }) => !isDev) ?? []
    const isAlpine = scene.distribution?.family === 'alpine'
    const suite = scene.distribution?.suite ?? newestDebianSuite(subject.today)
    const base = isAlpine ? newestAlpine(subject.today) : slimDebian(subject.today, suite)
    if (base === undefined) return leftOut('no small image is known to put it on')
    const packages = isAlpine
      ? []
      : native.flatMap(({ name }) => (Object.hasOwn(headers, name) ? (atRunTime(headers[name]!, 'debian', suite) ?? []) : []))
    const { names: assets, unsure } = assetsOf(scene, stack?.folder ?? '')
    const isInstalled = isWithin(binary, '/usr/local/cargo')
    return splitStage(scene, {
      base,
      family: isAlpine ? 'alpine' : 'debian',
      copies: [
        { from: binary, to: isInstalled ? `/usr/local/bin/${nameOf(binary)}` : binary },
        ...assets.map(path => ({ from: path, to: path })),
      ],
      covered: [...workFolders(scene), '/usr/local/cargo', '/usr/local/rustup', binary],
      packages: ['ca-certificates', ...packages],
      isBuildVariable: name => /^(?:CARGO_\w+|RUSTFLAGS|RUSTUP_\w+|RUSTC_\w+|SQLX_OFFLINE|OPENSSL_\w+)$/.test(name),
      provides: program => program === nameOf(binary),
      takesGlobal: () => true,
      title: `Compile in a stage of its own, and ship the binary on ${base}`,
      risk: 'Files that the program reads and that are not copied are not in the image any more',
      check: [
        ...(assets.length > 0
          ? [`The program reads ${assets.map(path => nameOf(path)).join(', ')} at run time: else leave these out`]
          : []),
        ...(unsure.length > 0
          ? [`The program reads nothing of ${unsure.slice(0, 5).join(', ')} at run time: else copy it too`]
          : []),
        ...native
          .filter(({ name }) => !Object.hasOwn(headers, name))
          .slice(0, 5)
          .map(({ name }) => `${name} may load a library: \`ldd ${binary}\` in the building stage tells which`),
      ],
    })
  },
})

const leftOut = (reason: string, ...check: readonly string[]): LeftOut => ({ leftOut: reason, check })

/** Where the program that starts was put: by cargo below its target folder, by `cargo install`, or by a step that copied it. */
const placeOf = (scene: Scene, start: string): string | undefined => {
  const commands = commandsAbove(scene)
  if (!start.includes('/')) {
    const copied = scene.upper.flatMap(({ effects }) =>
      effects.flatMap(effect => (effect.kind === 'path' && /^(?:cp|mv|install)$/.test(effect.by) ? [effect.path] : [])),
    )
    const found = copied.find(path => nameOf(path) === start && /^\/(?:usr\/(?:local\/)?)?s?bin\//.test(path))
    if (found !== undefined) return found
    return commands.some(({ command }) => command.name === 'cargo' && command.operands[0]?.text === 'install')
      ? `/usr/local/cargo/bin/${start}`
      : undefined
  }
  const path = absolutePath(start, scene.workdir)
  if (path === undefined) return undefined
  if (/\/target\/(?:[\w-]+\/)?(?:release|debug)\/[\w.-]+$/.test(path) || isWithin(path, '/usr/local/cargo/bin')) return path
  return scene.upper.some(({ effects }) =>
    effects.some(effect => effect.kind === 'path' && effect.path === path && effect.by !== 'chmod'),
  )
    ? path
    : undefined
}
