/** PHP: composer.json (https://getcomposer.org/doc/04-schema.md), and pages without it. */
import type { Native, Stack, Stated } from '../../../model/project.ts'
import { procfileStart } from '../command-words.ts'
import { type Probe, probe, slashComment } from '../probes.ts'
import {
  distinct,
  emptyStack,
  field,
  keysOf,
  listField,
  type ProjectFolder,
  type StackReader,
  stated,
  textField,
} from '../stack-reader.ts'

/** Extensions that the official images have: https://github.com/docker-library/docs/tree/master/php */
const builtIn =
  /^ext-(?:core|ctype|curl|date|dom|fileinfo|filter|ftp|hash|iconv|json|lexbor|libxml|mbstring|mysqlnd|opcache|openssl|pcre|pdo|pdo_sqlite|phar|posix|random|readline|reflection|session|simplexml|sodium|spl|sqlite3|standard|tokenizer|uri|xml|xmlreader|xmlwriter|zlib)$/

const reader: StackReader = {
  name: 'php',
  marks: ['composer.json', 'artisan', 'wp-config.php', 'wp-config-sample.php', 'wp-load.php', 'index.php', 'public/index.php'],
  read(folder, outer) {
    const json = folder.json('composer.json')
    const hasComposer = folder.has('composer.json')
    // A page below a program is a part of it.
    if (!hasComposer && outer) return undefined
    const own = folder.pathOf(
      hasComposer
        ? 'composer.json'
        : (['artisan', 'wp-load.php', 'public/index.php', 'index.php'].find(name => folder.has(name)) ?? 'index.php'),
    )!
    const isPackage = (name: string): boolean => name.includes('/')
    const dependencies = new Set(keysOf(field(json, 'require')).filter(isPackage))
    const devDependencies = new Set(keysOf(field(json, 'require-dev')).filter(name => isPackage(name) && !dependencies.has(name)))
    const lock = folder.has('composer.lock') ? folder.pathOf('composer.lock') : undefined
    const probed = probe(folder.sources(['.php']), probes, comment)
    return {
      ...emptyStack('php', folder.path),
      manager: hasComposer ? 'composer' : undefined,
      lockFile: lock,
      manifests: manifestsOf(folder, json),
      version:
        stated(textField(json, 'config', 'platform', 'php') ?? textField(json, 'require', 'php'), own) ??
        stated(folder.text('.php-version')?.trim(), folder.pathOf('.php-version')),
      dependencies,
      devDependencies,
      start: startOf(folder, dependencies),
      native: nativeOf(folder, json, own),
      ...probed,
      writes: distinct([...frameworkWrites(folder, dependencies, own), ...probed.writes]),
      healthPaths: distinct([...probed.healthPaths]),
    }
  },
}

export default reader

const comment = new RegExp(`${slashComment.source}|^\\s{0,200}#(?!\\[)`)

const startOf = (folder: ProjectFolder, dependencies: ReadonlySet<string>): Stack['start'] => {
  const proc = stated(procfileStart(folder.text('Procfile')), folder.pathOf('Procfile'))
  if (proc) return proc
  if (dependencies.has('laravel/octane') && folder.has('artisan'))
    return stated(['php', 'artisan', 'octane:start', '--host=0.0.0.0'], folder.pathOf('artisan'))
  return undefined
}

/** What Composer's autoloader is made from is not read when packages are installed with `--no-autoloader`; local packages are. */
const manifestsOf = (folder: ProjectFolder, json: unknown): readonly string[] => {
  const names = ['composer.json', 'composer.lock', 'symfony.lock', 'artisan'].filter(
    name => folder.has(name) && name !== 'artisan',
  )
  const repositories = field(json, 'repositories')
  const all = Array.isArray(repositories) ? repositories : keysOf(repositories).map(key => field(repositories, key))
  for (const one of all) {
    const url = textField(one, 'type') === 'path' ? textField(one, 'url') : undefined
    if (url === undefined) continue
    const [before = '', after] = url.replace(/^\.\//, '').split('*')
    names.push(
      ...(after === undefined
        ? [`${url}/composer.json`]
        : folder.files.filter(name => name.startsWith(before) && /^[^/]{1,100}\/composer\.json$/.test(name.slice(before.length)))
      ).filter(name => folder.has(name)),
    )
  }
  return [...new Set(names.flatMap(name => folder.pathOf(name) ?? []))].sort()
}

const nativeOf = (folder: ProjectFolder, json: unknown, own: string): readonly Native[] => {
  const found = new Map<string, Native>()
  const add = (names: readonly string[], by: string): void => {
    for (const name of names)
      if (name.startsWith('ext-') && !builtIn.test(name) && !found.has(name))
        found.set(name, {
          name,
          by,
          why: 'it is an extension of PHP that the official images do not have: it is compiled, or brought by a package',
        })
  }
  add(keysOf(field(json, 'require')), own)
  const lock = folder.json('composer.lock', 'lock')
  for (const one of listField(lock, 'packages')) add(keysOf(field(one, 'require')), folder.pathOf('composer.lock')!)
  return [...found.values()].sort((a, b) => (a.name < b.name ? -1 : 1))
}

const frameworkWrites = (folder: ProjectFolder, dependencies: ReadonlySet<string>, own: string): readonly Stated<string>[] => {
  const paths: string[] = []
  // https://laravel.com/docs/deployment#directory-permissions
  if (dependencies.has('laravel/framework') || folder.has('artisan')) paths.push('storage', 'bootstrap/cache')
  // https://symfony.com/doc/current/setup/file_permissions.html
  if (dependencies.has('symfony/framework-bundle')) paths.push('var')
  if (folder.has('wp-load.php') || folder.has('wp-config.php') || folder.has('wp-config-sample.php')) paths.push('wp-content')
  if (dependencies.has('yiisoft/yii2')) paths.push('runtime', 'web/assets')
  if (dependencies.has('cakephp/cakephp')) paths.push('tmp', 'logs')
  if (dependencies.has('codeigniter4/framework')) paths.push('writable')
  if (dependencies.has('drupal/core') || dependencies.has('drupal/core-recommended')) paths.push('web/sites/default/files')
  return [...paths.map(value => ({ value, by: own })), ...sqlitePaths(folder)]
}

/** `DATABASE_URL="sqlite:///%kernel.project_dir%/data/database.sqlite"`: https://symfony.com/doc/current/doctrine.html */
const sqlitePaths = (folder: ProjectFolder): readonly Stated<string>[] => {
  const path = /sqlite:\/\/\/%kernel\.project_dir%\/([\w./-]{1,100})\/[\w.%-]{1,60}/.exec(folder.text('.env') ?? '')?.[1]
  return path === undefined ? [] : [{ value: path, by: folder.pathOf('.env')! }]
}

const isWriting = (args: readonly string[]): boolean => /^["'][waxc]/.test(args[1] ?? '')

const probes: readonly Probe[] = [
  { finds: 'writes', pattern: /\bfile_put_contents\(/g, argument: 0, isFolderOf: true },
  { finds: 'writes', pattern: /(?:^|[^>:\w])mkdir\(/gm, argument: 0 },
  { finds: 'writes', pattern: /\bfopen\(/g, argument: 0, only: isWriting, isFolderOf: true },
  { finds: 'writes', pattern: /\bmove_uploaded_file\(/g, argument: 1, isFolderOf: true },
  {
    finds: 'writes',
    pattern: /\bnew[ \t]{1,4}(?:\\?Monolog\\Handler\\)?(?:StreamHandler|RotatingFileHandler)\(/g,
    argument: 0,
    only: args => !/php:/.test(args[0] ?? ''),
    isFolderOf: true,
  },
  { finds: 'writes', pattern: /["']sqlite:([^"'\n:]{1,100}\/)[^"'\n/]{1,60}["']/g },
  { finds: 'writes', pattern: /\b(?:sys_get_temp_dir|tmpfile)\(/g, value: '/tmp' },
  {
    finds: 'ports',
    pattern: /\bnew[ \t]{1,4}(?:\\?Swoole\\HTTP\\|\\?Swoole\\Http\\)?Server\([ \t]{0,4}["'][\d.]{1,20}["'][ \t]{0,4},[ \t]{0,4}/g,
  },
  { finds: 'healthPaths', pattern: /\b(?:Route::(?:get|any|view)|\$(?:app|router)->(?:get|any|map))\(/g, argument: 0 },
  // https://laravel.com/docs/deployment#the-health-route
  { finds: 'healthPaths', pattern: /\bhealth:[ \t]{0,4}["'](\/[\w/-]{1,60})["']/g },
  { finds: 'healthPaths', pattern: /#\[Route\(/g, argument: [0, 'path'] },
  {
    finds: 'programs',
    pattern: /(?:^|[^>:\w$])(?:exec|shell_exec|system|passthru|proc_open|popen)\((?=[ \t]{0,4}["'])/gm,
    argument: 0,
  },
  { finds: 'programs', pattern: /\bnew[ \t]{1,4}Process\([ \t]{0,4}\[/g, argument: 0 },
]
