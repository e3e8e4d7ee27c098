import { nameOfImage, officialImage } from '../image-choice.ts'
import { type Copied, commandsAbove, type Scene, sceneOf, splitStage } from '../split.ts'
import { appFolder, buildsWithPackages, cppRuntime, installsPackage } from '../split-choice.ts'
import { isWithin } from '../step-effects.ts'
import { type LeftOut, transformation } from '../transformation.ts'

/** What the image's own tools write, and where: https://hub.docker.com/_/php */
const writes: Readonly<Record<string, readonly string[]>> = {
  'docker-php-ext-install': ['/usr/local/lib/php/extensions', '/usr/local/etc/php/conf.d'],
  'docker-php-ext-configure': [],
  'docker-php-ext-enable': ['/usr/local/etc/php/conf.d'],
  'docker-php-source': [],
  pecl: ['/usr/local/lib/php/extensions'],
  phpize: [],
  a2enmod: ['/etc/apache2'],
  a2dismod: ['/etc/apache2'],
  a2ensite: ['/etc/apache2'],
  a2dissite: ['/etc/apache2'],
  a2enconf: ['/etc/apache2'],
  a2disconf: ['/etc/apache2'],
}
const own = new Set(['php', 'php-fpm', 'apache2-foreground', 'apache2ctl', 'apache2', 'docker-php-entrypoint'])
const composers = ['/usr/bin/composer', '/usr/local/bin/composer', '/usr/local/bin/composer.phar']
const settings = '/usr/local/etc/php'

export default transformation({
  title: 'Run Composer and build extensions in a stage of its own',
  why: 'Composer, git, unzip and headers are needed to install and to compile, and never again. In the image that ships they are tools for whoever breaks in, and each has holes of its own that scanners report. They stay in the stage that builds; the program, its vendor folder and the extensions go on.',
  level: 'balanced',
  safety: 'unsafe',
  order: 300,
  apply(subject) {
    const read = sceneOf(subject)
    if (!read || officialImage(read.base) !== 'php') return undefined
    const composes = commandsAbove(read).some(
      ({ command, script }) => command.name === 'composer' || /composer(?:\.phar)?["']?\s+(?:install|i)\b/.test(script.text),
    )
    if (!composes && !buildsWithPackages(read)) return undefined
    if (read.needs.programs.has('composer'))
      return leftOut('`composer` is started where the program runs, so that it has to ship', 'Run it in a RUN')
    if (installsPackage(read, /\$/)) return leftOut('which packages are installed depends on a variable')
    const made = extensionFolders(read)
    const scene = withoutTools(read)
    const folder = appFolder(scene)
    if (folder === undefined)
      return leftOut(
        'the program has no folder of its own in the image, so that nobody can tell it from the rest',
        'Set a WORKDIR such as /app before the first COPY',
      )
    const stack = subject.project.stacks.find(({ name }) => name === 'php')
    const copies: Copied[] = [...made, folder].map(path => ({ from: path, to: path }))
    return splitStage(scene, {
      base: nameOfImage(read.base),
      family: read.distribution?.family === 'alpine' ? 'alpine' : 'debian',
      copies,
      covered: [folder, ...made, ...composers, '/usr/src'],
      packages: cppRuntime(read),
      hasCertificates: true,
      isBuildVariable: name => /^COMPOSER_/.test(name),
      provides: program =>
        own.has(program) || program === 'artisan' || [...(stack?.dependencies ?? [])].some(name => name.endsWith(`/${program}`)),
      takesGlobal: () => true,
      title: `Run Composer and build extensions in a stage of its own, and ship ${nameOfImage(read.base)} with what they made`,
      risk: 'Files that a step wrote outside of what is copied are not in the image any more, nor are Composer and the headers of libraries',
      check: made.length === 0 ? [] : ['`php -m` in the new image shows the same extensions, and no warning'],
    })
  },
})

const leftOut = (reason: string, ...check: readonly string[]): LeftOut => ({ leftOut: reason, check })

/** `sed -i … /etc/apache2/sites-available/*.conf` too. */
const named = (name: string): readonly string[] | undefined =>
  Object.hasOwn(writes, name)
    ? writes[name]
    : /^sed ["']?\/etc\/apache2\/[\w./*-]+["']?$/.test(name)
      ? ['/etc/apache2']
      : undefined

/** Folders of the image that steps change: each is copied whole onto the same image. */
const extensionFolders = (scene: Scene): readonly string[] => {
  const found = new Set<string>()
  for (const { effects } of scene.upper)
    for (const effect of effects) {
      if (effect.kind === 'unknown') for (const path of named(effect.name) ?? []) found.add(path)
      if (effect.kind === 'path' && isWithin(effect.path, settings)) found.add(settings)
      if (effect.kind === 'path' && isWithin(effect.path, '/etc/apache2')) found.add('/etc/apache2')
    }
  return [...found].filter(path => ![...found].some(other => other !== path && isWithin(path, other))).sort()
}

const withoutTools = (scene: Scene): Scene => ({
  ...scene,
  upper: scene.upper.map(({ step, effects }) => ({
    step,
    effects: effects.filter(effect => {
      if (effect.kind === 'unknown') return named(effect.name) === undefined
      return effect.kind !== 'inside' || !/^(?:curl|wget|git)$/.test(effect.command.name)
    }),
  })),
})
