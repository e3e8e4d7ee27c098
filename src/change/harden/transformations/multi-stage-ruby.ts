import { nameOf } from '../../../read/image/paths.ts'
import { packageRequest } from '../../../read/shell/packages.ts'
import { hasOption } from '../../../read/shell/queries.ts'
import type { Command } from '../../../read/shell/script.ts'
import { isFat, nameOfImage, officialImage, slimOf } from '../image-choice.ts'
import { atRunTime } from '../runtime-packages.ts'
import { type Copied, commandsAbove, type Scene, sceneOf, splitStage, targetsOf } from '../split.ts'
import { appFolder, buildsWithPackages, cppRuntime } from '../split-choice.ts'
import { absolutePath, wide } from '../step-effects.ts'
import { type LeftOut, transformation } from '../transformation.ts'

/** The headers against which gems are built, by their pages on https://rubygems.org. */
const headers: Readonly<Record<string, string>> = {
  pg: 'libpq-dev',
  mysql2: 'libmariadb-dev',
  'ruby-vips': 'libvips-dev',
  rmagick: 'libmagickwand-dev',
  charlock_holmes: 'libicu-dev',
  curb: 'libcurl4-openssl-dev',
  tiny_tds: 'freetds-dev',
}
/** They run JavaScript. https://github.com/rails/execjs */
const scripted = ['execjs', 'uglifier', 'coffee-rails', 'autoprefixer-rails', 'sprockets-es6']
const own = new Set(['ruby', 'bundle', 'bundler', 'gem', 'irb', 'rake', 'erb', 'rdoc', 'ri'])
/** Where the image has the gems: https://hub.docker.com/_/ruby, `GEM_HOME`. */
const gems = '/usr/local/bundle'

export default transformation({
  title: 'Install the gems in a stage of its own, and ship a slim Ruby with them',
  why: 'Compilers, git and headers are needed to install some gems, and never again. In the image that ships they are tools for whoever breaks in, and each has holes of its own that scanners report. They stay in the stage that installs; the gems and the program go on to a slim Ruby of the same version.',
  level: 'balanced',
  safety: 'unsafe',
  order: 300,
  apply(subject) {
    const read = sceneOf(subject)
    if (!read || officialImage(read.base) !== 'ruby') return undefined
    const installs = commandsAbove(read).filter(({ command }) => isInstall(command))
    if (installs.length === 0) return undefined
    const isWhole = isFat(subject, read.base)
    if (!isWhole && !buildsWithPackages(read)) return undefined
    const slim = isWhole ? slimOf(subject, read.base) : nameOfImage(read.base)
    if (slim === undefined) return leftOut(`no slim variant of ${nameOfImage(read.base)} is known`)
    for (const { step, command } of installs) {
      const user = step.before.user.value?.value
      if (user !== undefined && !/^(?:0|root)(?::|$)/.test(user))
        return leftOut(`${command.name} runs as ${user}, and installs into a folder of this user`)
      if (hasOption(command, '--user-install', '-i', '--install-dir', '--binstubs'))
        return leftOut(`${command.name} is told where to install`)
    }
    const stacks = subject.project.stacks.filter(({ name }) => name === 'ruby')
    const names = new Set([
      ...stacks.flatMap(one => [...one.dependencies]),
      ...installs.flatMap(({ command }) => gemsOf(command)),
    ])
    const isDebian = read.distribution?.family !== 'alpine'
    const packages: string[] = [...cppRuntime(read)]
    if (isDebian && isWhole) {
      for (const name of names) {
        const needed = Object.hasOwn(headers, name) ? atRunTime(headers[name]!, 'debian', read.distribution?.suite) : []
        if (needed === undefined)
          return leftOut(
            `${name} loads a library of the full-size image, and which one is not known`,
            `\`ldd\` on the .so file of ${name} tells which library a slim image needs`,
          )
        packages.push(...needed)
      }
    }
    const isRails = names.has('rails') || names.has('railties')
    const precompiles = commandsAbove(read).some(({ script }) => /assets:precompile/.test(script.text))
    const script = scripted.find(name => names.has(name))
    if (script !== undefined && !precompiles && !names.has('mini_racer'))
      return leftOut(`${script} may run JavaScript when the program runs, with a Node.js that would stay behind`)
    // The image has no time zones of its own: https://github.com/tzinfo/tzinfo#data-sources
    if (isRails && !names.has('tzinfo-data')) packages.push('tzdata')

    const scene = withoutInstalls(read)
    const paths = gemFolders(read)
    if (typeof paths === 'string') return leftOut(paths)
    const folder = appFolder(scene)
    if (folder === undefined)
      return leftOut(
        'the program has no folder of its own in the image, so that nobody can tell it from the rest',
        'Set a WORKDIR such as /app before the first COPY',
      )
    const copies: Copied[] = paths.outside.map(path => ({ from: path, to: path }))
    const isLater = bringsAll(scene, folder)
    const needsFolder = paths.isInside || worksInside(scene) || !isLater
    if (needsFolder) copies.push({ from: folder, to: folder })
    return splitStage(scene, {
      base: slim,
      family: isDebian ? 'debian' : 'alpine',
      copies,
      covered: [...paths.outside, ...(needsFolder ? [folder] : manifestTargets(scene))],
      packages,
      hasCertificates: true,
      isBuildVariable: name => /^(?:BUNDLE_JOBS|BUNDLE_RETRY|GEM_SPEC_CACHE)$/.test(name),
      provides: program => own.has(program) || names.has(program) || (isRails && program === 'rails') || programs.has(program),
      takesGlobal: () => true,
      title: `Install the gems in a stage of its own, and ship ${slim} with them`,
      risk: 'Files that a step wrote outside of what is copied are not in the image any more, and no compiler is',
      check:
        packages.length > 0
          ? ['Which libraries the gems load was told by their names: `ldd` on their .so files shows whether one is missing']
          : [],
    })
  },
})

/** Of gems of another name: https://github.com/puma/puma, https://github.com/sidekiq/sidekiq */
const programs = new Set([
  'puma',
  'pumactl',
  'rackup',
  'sidekiq',
  'unicorn',
  'thin',
  'foreman',
  'clockwork',
  'resque',
  'falcon',
  'thrust',
])

const leftOut = (reason: string, ...check: readonly string[]): LeftOut => ({ leftOut: reason, check })

const isInstall = (command: Command): boolean =>
  (command.name === 'bundle' && /^(?:install|i)$/.test(command.operands[0]?.text ?? 'install')) ||
  (packageRequest(command)?.manager === 'gem' && packageRequest(command)?.action === 'install')

const gemsOf = (command: Command): readonly string[] => packageRequest(command)?.packages.map(({ name }) => name) ?? []

/** Where gems go: BUNDLE_PATH and its kin, or the image’s own folder. https://bundler.io/man/bundle-config.1.html */
const gemFolders = (scene: Scene): { readonly outside: readonly string[]; readonly isInside: boolean } | string => {
  const outside = new Set([gems])
  let isInside = false
  const take = (text: string, folder: string): string | undefined => {
    const path = absolutePath(text, folder)
    if (path === undefined || wide.has(path)) return `gems are installed into \`${text.slice(0, 60)}\``
    if (path.startsWith(`${folder}/`)) isInside = true
    else outside.add(path)
    return undefined
  }
  for (const { step, command } of commandsAbove(scene)) {
    if (command.name !== 'bundle') continue
    const folder = step.before.workdir.value?.known ? step.before.workdir.value.path : '/'
    const words = command.args.map(({ text }) => text)
    const at = words.findIndex(word => /^--path(?:=|$)/.test(word))
    const flagged = at < 0 ? undefined : (/=(.+)/.exec(words[at]!)?.[1] ?? words[at + 1])
    const isSet = words[0] === 'config' && words.includes('path') ? words.at(-1) : undefined
    const named = flagged ?? isSet ?? step.before.variables.get('BUNDLE_PATH')?.value
    if (words.some(word => word === '--deployment' || word === 'deployment')) isInside = true
    if (step.before.variables.get('BUNDLE_DEPLOYMENT') && named === undefined) isInside = true
    if (named !== undefined) {
      const reason = take(named, folder)
      if (reason !== undefined) return reason
    }
  }
  return { outside: [...outside], isInside }
}

/** What is installed lies where gems are, and not where the command was started. */
const withoutInstalls = (scene: Scene): Scene => ({
  ...scene,
  upper: scene.upper.map(({ step, effects }) => ({
    step,
    effects: effects.filter(effect => effect.kind !== 'inside' || !(isInstall(effect.command) || isSetting(effect.command))),
  })),
})

const isSetting = ({ name, operands }: Command): boolean =>
  (name === 'bundle' && /^(?:config|check|clean)$/.test(operands[0]?.text ?? '')) || name === 'gem' || name === 'curl'

const worksInside = (scene: Scene): boolean =>
  scene.upper.some(
    ({ step, effects }) =>
      effects.some(({ kind }) => kind === 'inside') ||
      (/^(?:COPY|ADD)$/.test(step.instruction.name) &&
        step.instruction.words
          .slice(0, -1)
          .some(
            ({ raw }) =>
              !/^(?:Gemfile.*|\.ruby-version|\.tool-versions|.*\.gemspec|package\.json|yarn\.lock|package-lock\.json)$/.test(
                nameOf(raw.replace(/["']/g, '')),
              ),
          )),
  )

/** A later COPY of all brings the manifests again. */
const bringsAll = (scene: Scene, folder: string): boolean =>
  scene.lower.some(({ step }) => {
    const { name, words, flags } = step.instruction
    if (!/^(?:COPY|ADD)$/.test(name) || flags.some(flag => flag.name === 'from')) return false
    const { value } = step.before.workdir
    return (
      words.slice(0, -1).some(({ raw }) => /^["']?\.?\/?["']?$/.test(raw)) &&
      absolutePath(words.at(-1)!.raw.replace(/["']/g, ''), value?.known ? value.path : '/') === folder
    )
  })

const manifestTargets = (scene: Scene): readonly string[] =>
  scene.upper.flatMap(({ step }) => {
    if (!/^(?:COPY|ADD)$/.test(step.instruction.name) || step.instruction.flags.some(({ name }) => name === 'from')) return []
    const targets = targetsOf(scene, step)
    return typeof targets === 'string' ? [] : targets
  })
