import type { CommandAt } from '../../../judge/dockerfile-queries.ts'
import { insertAt } from '../../../judge/dockerfile-queries.ts'
import { isEditable } from '../../../judge/package-queries.ts'
import { nameOf } from '../../../read/image/paths.ts'
import { optionValue } from '../../../read/shell/queries.ts'
import { newestAlpine, officialImage, slimDebian } from '../image-choice.ts'
import { keyword } from '../place.ts'
import { isEverywhere } from '../run-needs.ts'
import { type Copied, commandsAbove, packagesAtRun, type Scene, sceneOf, splitStage, valueIn } from '../split.ts'
import { assetsOf, workFolders } from '../split-choice.ts'
import { absolutePath, isWithin } from '../step-effects.ts'
import { type LeftOut, transformation } from '../transformation.ts'

/** Of Go’s variables only these mean something to a program that runs: https://pkg.go.dev/runtime#hdr-Environment_Variables */
const atRun = /^GO(?:GC|MEMLIMIT|DEBUG|MAXPROCS|TRACEBACK|RACE)$/
const certificates = '/etc/ssl/certs/ca-certificates.crt'
const zones = '/usr/local/go/lib/time/zoneinfo.zip'

export default transformation({
  title: 'Compile in a stage of its own, and ship the binary',
  why: 'A Go program is one file that needs no compiler, no shell and no package manager. All of that ships today, with its holes, and is at hand for whoever breaks in. In an empty image there is nothing to start but the program, and nothing else to update.',
  level: 'balanced',
  safety: 'unsafe',
  order: 300,
  apply(subject) {
    const stage = subject.dockerfile.final
    if (stage?.base.kind !== 'image' || officialImage(stage.base.reference) !== 'golang') return undefined
    const scene = sceneOf(subject)
    const { words } = scene?.needs ?? {}
    if (
      stage.steps.some(
        step => /^(?:CMD|ENTRYPOINT)$/.test(step.instruction.name) && /^\W*go\W+run\b/.test(step.instruction.argument.text),
      )
    )
      return leftOut(
        'it is compiled anew at each start, by `go run`',
        'Build it in a RUN (`RUN CGO_ENABLED=0 go build -o /usr/local/bin/app .`), and start that',
      )
    if (!scene) return undefined
    const builds = commandsAbove(scene).filter(
      ({ command }) => command.name === 'go' && /^(?:build|install)$/.test(command.operands[0]?.text ?? ''),
    )
    if (builds.length === 0) return undefined
    const program = words?.[0] ?? [...scene.needs.programs][0]
    const stack = subject.project.stacks.find(({ name }) => name === 'go')
    const outputs = builds.flatMap(at => outputsOf(scene, at, stack?.output?.value))
    const started =
      program === undefined
        ? undefined
        : scene.needs.entrypoint?.instruction.json || scene.needs.cmd?.instruction.json
          ? program
          : undefined
    const installed =
      started !== undefined && /^[\w.-]+$/.test(started) && builds.length === 1 && namesItself(builds[0]!)
        ? `/go/bin/${started}`
        : undefined
    const binary =
      installed ??
      outputs.find(path => started !== undefined && isSame(started, path, scene.workdir)) ??
      (scene.needs.scripts.length > 0 ? outputs.at(-1) : undefined)
    if (binary === undefined)
      return leftOut(
        started === undefined ? 'which binary starts is not known' : `where \`${started.slice(0, 60)}\` is built is not known`,
        'Start the binary by the path that `go build -o` gives it, in brackets',
      )
    if (subject.context === undefined || subject.project.isCut || subject.project.files.size === 0)
      return leftOut('the build context is not known, and files that the program reads may be in it')

    const native = stack?.native.filter(({ isDev }) => !isDev) ?? []
    const own = builds.filter(at => binary === installed || outputsOf(scene, at, stack?.output?.value).includes(binary))
    const isStatic =
      native.length === 0 && own.every(at => settingOf(at) === '0' || (settingOf(at) === undefined && isEditable(at)))
    const provides = (name: string): boolean => [binary, ...outputs].some(path => nameOf(path) === nameOf(name))
    const packages = packagesAtRun(scene, { family: 'debian', provides: name => provides(name) || isEverywhere(name) })
    const needed = packages.names.filter(name => name !== 'ca-certificates' && name !== 'tzdata')
    const isBare =
      isStatic &&
      !scene.needs.usesShell &&
      needed.length === 0 &&
      packages.reason === undefined &&
      scene.lower.every(({ step }) => step.instruction.name !== 'RUN') &&
      scene.upper.every(({ effects }) => effects.every(({ kind }) => kind !== 'users'))
    const isAlpine = scene.distribution?.family === 'alpine'
    const base = isBare
      ? 'scratch'
      : isAlpine
        ? newestAlpine(subject.today)
        : slimDebian(subject.today, scene.distribution?.suite)
    if (base === undefined) return leftOut('no small image is known to put it on')

    const folders = workFolders(scene)
    const { names: assets, unsure } = assetsOf(scene, stack?.folder ?? '')
    const copies: Copied[] = []
    if (isBare) copies.push({ from: certificates, to: certificates })
    const wantsZones =
      isBare &&
      (stack?.timeZones !== undefined || packages.names.includes('tzdata') || scene.stage.end.variables.get('TZ') !== undefined)
    if (wantsZones) copies.push({ from: zones, to: '/zoneinfo.zip' })
    const isOnPath = !(started ?? '').includes('/') && isWithin(binary, '/go')
    copies.push({ from: binary, to: isOnPath ? `/usr/local/bin/${nameOf(binary)}` : binary })
    for (const other of outputs)
      if (other !== binary && scene.needs.programs.has(nameOf(other))) copies.push({ from: other, to: other })
    for (const path of assets) copies.push({ from: path, to: path })
    return splitStage(scene, {
      base,
      family: isBare ? undefined : isAlpine ? 'alpine' : 'debian',
      copies,
      covered: [...folders, '/go', ...outputs],
      packages: isBare ? [] : ['ca-certificates'],
      extra: wantsZones ? [`${keyword(subject.dockerfile, 'ENV')} ZONEINFO=/zoneinfo.zip`] : [],
      isBuildVariable: name => (/^(?:GO|CGO_)[A-Z0-9_]+$/.test(name) && !atRun.test(name)) || (name === 'PATH' && isBare),
      provides,
      takesGlobal: () => true,
      edits: isStatic ? own.flatMap(at => withoutC(scene, at)) : [],
      title: isBare
        ? 'Compile in a stage of its own, and ship only the binary'
        : `Compile in a stage of its own, and ship the binary on ${base}`,
      risk: isBare
        ? 'There is nothing but the binary in the image: no shell, no /tmp, no files that only the stage before has'
        : 'Files that the program reads and that are not copied are not in the image any more',
      check: [
        ...(assets.length > 0
          ? [`The program reads ${assets.map(path => nameOf(path)).join(', ')} at run time: else leave these out`]
          : []),
        ...(unsure.length > 0
          ? [`The program reads nothing of ${unsure.slice(0, 5).join(', ')} at run time: else copy it too`]
          : []),
        ...(isBare ? ['Where the program makes temporary files, give it a /tmp (`--tmpfs /tmp`)'] : []),
      ],
    })
  },
})

const leftOut = (reason: string, ...check: readonly string[]): LeftOut => ({ leftOut: reason, check })

/** Where the binaries of a `go build` or `go install` go. */
const outputsOf = (scene: Scene, at: CommandAt, known: string | undefined): readonly string[] => {
  const { command, step } = at
  const folder = folderAt(scene, at)
  const packages = command.operands.slice(1).map(({ text }) => text)
  const names = (packages.length === 0 ? ['.'] : packages).flatMap(text => {
    const plain = text.replace(/@.*$/, '').replace(/\/v\d+$/, '')
    if (plain.endsWith('...')) return []
    if (plain.endsWith('.go')) return [nameOf(plain).replace(/\.go$/, '')]
    const name = nameOf(plain)
    return name === '.' || name === '' || name === '..' ? (known === undefined ? [] : [nameOf(known)]) : [name]
  })
  if (command.operands[0]?.text === 'install') return names.map(name => `/go/bin/${name}`)
  const target = optionValue(command, '-o')
  if (target === undefined) return names.length === 1 ? [absolutePath(names[0]!, folder)].filter(path => path !== undefined) : []
  const path = absolutePath(valueIn(step, target), folder)
  if (path === undefined) return []
  return target.endsWith('/') || target === '.' ? names.map(name => `${path}/${name}`) : [path]
}

/** `go install` of the module itself: only the module knows its name, and whoever starts it. */
const namesItself = ({ command }: CommandAt): boolean =>
  command.operands[0]?.text === 'install' && command.operands.slice(1).every(({ text }) => /^\.\/?$/.test(text))

/** Where a command runs, `cd` before it counted. */
const folderAt = (scene: Scene, { step, script, command }: CommandAt): string => {
  const { value } = step.before.workdir
  let folder = value === undefined ? '/go' : value.known ? value.path : scene.workdir
  for (const one of script.commands) {
    if (one === command) break
    if (one.name === 'cd' && one.operands[0]) folder = absolutePath(valueIn(step, one.operands[0].text), folder) ?? folder
  }
  return folder
}

const isSame = (started: string, path: string, workdir: string): boolean =>
  started.includes('/')
    ? absolutePath(started, workdir) === path
    : nameOf(path) === started && /^\/(?:go\/bin|usr\/local\/s?bin|usr\/s?bin|s?bin)\//.test(path)

/** What CGO_ENABLED is at a command. */
const settingOf = ({ step, script, command }: CommandAt): string | undefined => {
  const own = command.assignments.find(({ name }) => name === 'CGO_ENABLED')?.value?.text
  if (own !== undefined) return own
  for (const one of script.commands.slice(0, script.commands.indexOf(command)))
    if (one.name === 'export' || one.name === '')
      for (const text of [
        ...one.args.map(word => word.text),
        ...one.assignments.map(({ name, value }) => `${name}=${value?.text ?? ''}`),
      ])
        if (text.startsWith('CGO_ENABLED=')) return text.slice('CGO_ENABLED='.length)
  return step.before.variables.get('CGO_ENABLED')?.value
}

/** Only without C is the binary one that needs no library. */
const withoutC = (scene: Scene, at: CommandAt): ReturnType<typeof insertAt>[] => {
  if (settingOf(at) === '0' || !isEditable(at)) return []
  return [insertAt(scene.dockerfile, at.command.span.start, 'CGO_ENABLED=0 ')]
}
