/** The command `bulkhead`. Each command's own modules are loaded when it runs, so that starting costs little. */
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander'
import { UsageError } from '../model/finding.ts'
import { version } from '../model/version.ts'
import type { AuditArguments, GuardArguments } from './audit-command.ts'
import type { EngineArguments } from './audit-engine-command.ts'
import type { CheckArguments } from './check-command.ts'
import type { CompareArguments } from './compare-command.ts'
import type { HardenArguments } from './harden-command.ts'
import type { HistoryArguments } from './history-command.ts'
import type { InitArguments } from './init-command.ts'
import type { ProfileArguments } from './profile-command.ts'
import type { RebaseArguments } from './rebase-command.ts'
import type { RecommendArguments } from './recommend-command.ts'
import type { SbomArguments } from './sbom-command.ts'
import type { QuickArguments, ScanArguments } from './scan-command.ts'
import { tell } from './terminal.ts'

/** Runs the program and gives its exit code: 0 clean, 1 findings, 2 something went wrong. */
export const main = async (args: readonly string[]): Promise<number> => {
  let code = 0
  const program = new Command('bulkhead')
  program
    .description('Finds what an attacker could use in your containers, explains it, fixes it, and proves the fix.')
    .version(version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand('help [command]', 'print the help of a command')
    .exitOverride()
    .configureOutput({ writeErr: () => undefined })
    .showSuggestionAfterError()
    .addOption(new Option('--color <when>', 'colours in the output').choices(['auto', 'always', 'never']).default('auto'))

  /** Setting up every command takes longer than most of them need for their work. */
  const addCommands = (isAsked: (name: string) => boolean): void => {
    if (isAsked('check'))
      program
        .command('check')
        .description(
          'judge Dockerfiles, Compose and Kubernetes files, and scripts that start containers: files, folders, patterns, or -',
        )
        .argument('[paths...]', 'what to judge', ['.'])
        .option('--fix', 'apply the fixes that certainly keep the behaviour')
        .option('--unsafe', 'with --fix or --diff: also the fixes that may change behaviour')
        .option('--diff', 'show what the fixes would change, and write nothing')
        .addOption(
          new Option('-f, --format <format>', 'form of the output')
            .choices(['text', 'brief', 'json', 'sarif', 'github'])
            .default('text'),
        )
        .option('-o, --output <file>', 'write the output to a file')
        .addOption(failOnOption())
        .option('--strict', 'exit with 2 also for what is not covered')
        .addOption(new Option('--profile <profile>', 'which rules run').choices(['default', 'all']))
        .option('--only <rules>', 'run only these rules, separated by commas (ids of other tools work too)', ids)
        .option('-c, --config <file>', 'use this configuration and no other')
        .option('--no-config', 'use no configuration')
        .option('--no-inline-ignores', 'comments and ignore files of the judged tree silence nothing')
        .option('--stdin', 'judge standard input')
        .option('--stdin-filename <path>', 'the name that standard input is reported under', 'Dockerfile')
        .option('--context <folder>', 'the build context, when it is not the folder of the Dockerfile')
        .option('--show-suppressed', 'show what was silenced, and by whom')
        .addOption(waysOption())
        .option('--no-ways', 'do not tell the ways out of containers')
        .option('--graph <file>', 'draw the ways out there: .svg or .mmd (Mermaid)')
        .option('--baseline <file>', 'findings listed there are known: silence them')
        .option('--write-baseline <file>', 'list the present findings there')
        .option('--shellcheck', 'fail when shellcheck is not on PATH (it is used when it is there)')
        .option('--no-shellcheck', 'do not use shellcheck')
        .option('-q, --quiet', 'print nothing when there is nothing to report')
        .option('-v, --verbose', 'say what was read and what was used')
        .action(async (paths: string[], options: CheckArguments) => {
          const { runCheck } = await import('./check-command.ts')
          code = await runCheck(paths, { ...options, color: program.opts<{ color: CheckArguments['color'] }>().color })
        })

    if (isAsked('audit'))
      judgingCommand(program.command('audit'))
        .description(
          'judge what a command line would start (bulkhead audit -- docker run …), or what runs on an engine right now',
        )
        .argument('[command...]', 'the command, after --; none: the engine')
        .option('--host <address>', 'of the engine: unix:///run/docker.sock (default: as docker finds it)')
        .option('--container <name>', 'only this container of the engine (may be repeated)', several)
        .option('--no-daemon', 'judge containers alone: neither the engine itself nor its host')
        .addOption(
          new Option('-f, --format <format>', 'form of the output')
            .choices(['text', 'brief', 'json', 'sarif', 'github'])
            .default('text'),
        )
        .option('-o, --output <file>', 'write the output to a file')
        .option('--show-suppressed', 'show what was silenced, and by whom')
        .addOption(waysOption())
        .option('--no-ways', 'do not tell the ways out of containers')
        .option('--graph <file>', 'draw the ways out there: .svg or .mmd (Mermaid)')
        .option('-q, --quiet', 'print nothing when there is nothing to report')
        .action(async (words: string[], options: AuditArguments & EngineArguments) => {
          const { color } = program.opts<{ color: AuditArguments['color'] }>()
          if (words.length === 0) {
            const { runEngineAudit } = await import('./audit-engine-command.ts')
            code = await runEngineAudit({ ...options, color })
            return
          }
          if (options.host !== undefined || options.container !== undefined || options.daemon === false)
            throw new UsageError('--host, --container and --no-daemon speak of an engine, and a command was given')
          const { runAudit } = await import('./audit-command.ts')
          code = await runAudit(words, { ...options, color })
        })

    if (isAsked('guard'))
      judgingCommand(program.command('guard'))
        .description('run a command that starts a container only where nothing stands against it: bulkhead guard -- docker run …')
        .argument('[command...]', 'the command, after --')
        .option('--dry-run', 'judge it, and do not run it')
        .option('--allow-unjudged', 'run also what starts containers in a way that is not judged, such as docker service create')
        .action(async (words: string[], options: GuardArguments) => {
          const { runGuard } = await import('./audit-command.ts')
          code = await runGuard(words, { ...options, color: program.opts<{ color: GuardArguments['color'] }>().color })
        })

    if (isAsked('scan'))
      scanCommand(program, 'scan')
        .description('find known vulnerabilities and malware among the packages of an image')
        .addOption(
          new Option('-f, --format <format>', 'form of the output')
            .choices([
              'text',
              'json',
              'sarif',
              'cyclonedx',
              'cyclonedx-1.6',
              'cyclonedx-1.7',
              'openvex',
              'gitlab',
              'junit',
              'markdown',
              'html',
            ])
            .default('text'),
        )
        .option('-o, --output <file>', 'write the output to a file')
        .addOption(
          new Option('--fail-on <severity>', 'exit with 1 from this severity on')
            .choices(['critical', 'high', 'medium', 'low', 'none'])
            .default('high'),
        )
        .option('--only <id>', 'only this vulnerability: CVE-2024-3094 (may be repeated)', several)
        .option('--only-fixable', 'only what has a fix')
        .option('--only-base', 'only what comes from the base image')
        .option('--ignore-base', 'only what does not come from the base image')
        .option('--kev', 'only what is known to be exploited (CISA’s catalogue)')
        .option(
          '--epss <probability>',
          'only what will be exploited within 30 days with at least this probability (0 to 1)',
          probability,
        )
        .option('--new-since <report>', 'what an earlier report (JSON) lists is known: silence it')
        .option('--vex <file>', 'OpenVEX, CSAF or CycloneDX: what does not concern this image (may be repeated)', several)
        .option('--ignore-file <file>', 'a .trivyignore, .trivyignore.yaml or .grype.yaml (may be repeated)', several)
        .option('--no-ignore-files', 'the ignore files of this folder silence nothing')
        .option('--explain <id>', 'why a vulnerability is reported, or why it is not')
        .addOption(new Option('--sort <by>', 'the order of the findings').choices(['risk', 'severity']).default('risk'))
        .option('--all', 'list every finding, also what its maintainers have left aside')
        .option('--show-suppressed', 'show what was silenced, and by whom')
        .option('--left-aside', 'let what its maintainers have left aside count for the exit code, too')
        .option('--max-age <days>', 'exit with 2 when the advisories are older than this', days)
        .option('--strict', 'exit with 2 also for what is not covered')
        .action(async (image: string, options: ScanArguments) => {
          const { runScan } = await import('./scan-command.ts')
          code = await runScan(image, { ...options, color: program.opts<{ color: ScanArguments['color'] }>().color })
        })

    if (isAsked('quick'))
      scanCommand(program, 'quick')
        .description('count the known vulnerabilities of an image, and how many of them its base image has')
        .action(async (image: string, options: QuickArguments) => {
          const { runQuick } = await import('./scan-command.ts')
          code = await runQuick(image, { ...options, color: program.opts<{ color: QuickArguments['color'] }>().color })
        })

    if (isAsked('compare'))
      scanCommand(program, 'compare')
        .argument('<after>', 'what takes its place; both may also be JSON that bulkhead scan or sbom wrote')
        .description('show what one image has that another has not: packages, vulnerabilities, settings, secrets, size')
        .addOption(
          new Option('-f, --format <format>', 'form of the output').choices(['text', 'json', 'markdown']).default('text'),
        )
        .option('-o, --output <file>', 'write the output to a file')
        .addOption(
          new Option('--fail-on-new <severity>', 'exit with 1 when something new is as severe as this')
            .choices(['critical', 'high', 'medium', 'low', 'none'])
            .default('high'),
        )
        .option('--all', 'every line')
        .option('--vex <file>', 'OpenVEX, CSAF or CycloneDX: what does not concern these images (may be repeated)', several)
        .option('--ignore-file <file>', 'a .trivyignore, .trivyignore.yaml or .grype.yaml (may be repeated)', several)
        .option('--no-ignore-files', 'the ignore files of this folder silence nothing')
        .addOption(new Option('--profile <profile>', 'which rules on images run').choices(['default', 'all']))
        .option('-c, --config <file>', 'use this configuration and no other')
        .option('--no-config', 'use no configuration')
        .option('--strict', 'exit with 2 also for what is not covered')
        .action(async (before: string, after: string, options: CompareArguments) => {
          const { runCompare } = await import('./compare-command.ts')
          code = await runCompare(before, after, {
            ...options,
            color: program.opts<{ color: CompareArguments['color'] }>().color,
          })
        })

    if (isAsked('recommend'))
      scanCommand(program, 'recommend')
        .description('which base image to build on instead, and what would remain on it: of an image, or of a Dockerfile')
        .option('--dockerfile <file>', 'the Dockerfile that the image was built from')
        .option('--candidate <image>', 'compare with this image, too (may be repeated)', several)
        .option('--fix-dockerfile <file>', 'change this Dockerfile, and Compose and Kubernetes files beside it, to the best one')
        .option('--to <image>', 'change it to this candidate')
        .option('--pin', 'pin it to the digest that its registry has now')
        .option('--no-pin', 'write no digest, also where one stood')
        .option('--dry-run', 'show what would change, and write nothing')
        .option('--message', 'print a message for the commit')
        .option('--non-lts', 'also versions that get security fixes for some months only')
        .option('--offline', 'ask no registry')
        .addOption(new Option('--limit <count>', 'look into so many candidates').argParser(wholeNumber).default(6))
        .addOption(new Option('-f, --format <format>', 'form of the output').choices(['text', 'json', 'html']).default('text'))
        .option('-o, --output <file>', 'write the output to a file')
        .option('--strict', 'exit with 2 also for what is not covered')
        .action(async (image: string, options: RecommendArguments) => {
          const { runRecommend } = await import('./recommend-command.ts')
          code = await runRecommend(image, { ...options, color: program.opts<{ color: RecommendArguments['color'] }>().color })
        })

    if (isAsked('history'))
      scanCommand(program, 'history')
        .description(
          'show how an image came to be, step by step, which secrets can be read in it, and what it has that it should not',
        )
        .addOption(new Option('-f, --format <format>', 'form of the output').choices(['text', 'json']).default('text'))
        .option('-o, --output <file>', 'write the output to a file')
        .addOption(failOnOption())
        .addOption(new Option('--profile <profile>', 'which rules run').choices(['default', 'all']))
        .option('--only <rules>', 'only these rules and kinds of secrets, separated by commas: image/user-root, secret/*', ids)
        .option('-c, --config <file>', 'use this configuration and no other')
        .option('--no-config', 'use no configuration')
        .option('--show-suppressed', 'show what was silenced, and why')
        .option('--show-secrets', 'show the secrets themselves')
        .option('--all', 'also those that are published with a package, and samples')
        .option('--max-age <days>', 'an image is old after so many days (default: 365)', days)
        .option('--strict', 'exit with 2 also for what is not covered')
        .action(async (image: string, options: HistoryArguments) => {
          const { runHistory } = await import('./history-command.ts')
          code = await runHistory(image, { ...options, color: program.opts<{ color: HistoryArguments['color'] }>().color })
        })

    if (isAsked('db')) {
      const database = program.command('db').description('the database of advisories')
      database
        .command('update')
        .description('ask every feed, and take in what is new')
        .option('--only <feeds>', 'only these feeds, separated by commas: osv/npm, debian-tracker, epss', ids)
        .option('--mirror <address>', 'ask this server, which has the feeds below /HOST/PATH')
        .option('--from <place>', 'take in a whole database in place of the feeds: a file, oci:FOLDER or registry:NAME')
        .option('--plain-http', 'speak to the registry by http, without encryption')
        .option('--force', 'fetch everything anew, and accept feeds that are much smaller than before')
        .option('-q, --quiet', 'no progress bar')
        .option('-v, --verbose', 'say more')
        .action(async options => {
          const { runDatabaseUpdate } = await import('./database-command.ts')
          code = await runDatabaseUpdate(options)
        })
      database
        .command('status')
        .description('list the feeds, with their dates and licences')
        .addOption(new Option('-f, --format <format>', 'form of the output').choices(['table', 'json']).default('table'))
        .action(async options => {
          const { runDatabaseStatus } = await import('./database-command.ts')
          code = await runDatabaseStatus(options)
        })
      database
        .command('import')
        .description('take in what db export wrote (a file, oci:FOLDER, registry:NAME or an npm package), or files of feeds')
        .argument('<place>', 'a file or a folder; oci: in front reads an OCI layout, registry: asks a registry')
        .option('--feed <name>', 'the feed whose data it is, where the file’s name does not say so')
        .option('--plain-http', 'speak to the registry by http, without encryption')
        .option('-q, --quiet', 'no progress bar')
        .action(async (place: string, options) => {
          const { runDatabaseImport } = await import('./database-command.ts')
          code = await runDatabaseImport(place, options)
        })
      database
        .command('export')
        .description('write the database to a file, to oci:FOLDER as an artifact for registries, or to npm:FOLDER as a package')
        .argument('<target>', 'a file, oci:FOLDER or npm:FOLDER')
        .option('--name <name>', 'the name of the npm package')
        .action(async (target: string, options) => {
          const { runDatabaseExport } = await import('./database-command.ts')
          code = await runDatabaseExport(target, options)
        })
      database
        .command('build')
        .description('make a database out of a folder of feeds')
        .argument('<folder>', 'files that are named after feeds, with feeds.json beside them')
        .requiredOption('-o, --output <file>', 'where to write it')
        .option('-q, --quiet', 'no progress bar')
        .action(async (folder: string, options) => {
          const { runDatabaseBuild } = await import('./database-command.ts')
          code = await runDatabaseBuild(folder, options)
        })
      database
        .command('verify')
        .description('check that the database is as it was written, by its checksum')
        .action(async () => {
          const { runDatabaseVerify } = await import('./database-command.ts')
          code = await runDatabaseVerify()
        })
      database
        .command('clear')
        .description('remove your own database: the one that came with bulkhead is used again')
        .action(async () => {
          const { runDatabaseClear } = await import('./database-command.ts')
          code = await runDatabaseClear()
        })
    }

    if (isAsked('sbom'))
      program
        .command('sbom')
        .description('list what is inside an image, wherever it is: archive, OCI layout, engine, registry, folder, another SBOM')
        .argument(
          '<image>',
          'a file, a folder or a name such as nginx:1.25; docker:, registry:, archive:, oci:, dir: or sbom: in front forces one source',
        )
        .addOption(
          new Option('-f, --format <format>', 'form of the output')
            .choices(['table', 'json', 'cyclonedx', 'cyclonedx-1.6', 'cyclonedx-1.7', 'spdx'])
            .default('table'),
        )
        .addOption(new Option('--by <what>', 'a tree: which layer brought which packages').choices(['layer']))
        .option('-o, --output <file>', 'write the output to a file')
        .option('--platform <platform>', 'which one of an image for several platforms: linux/arm64')
        .option('--plain-http', 'speak to the registry by http, without encryption')
        .option(
          '--mirror <registry=address>',
          'ask this mirror first: docker.io=https://mirror.example (may be repeated)',
          several,
        )
        .option('--no-cache', 'read everything again, and remember nothing')
        .option('--verify', 'compute the digest of every layer, also where that means reading more')
        .option('--strict', 'exit with 2 also for what is not covered')
        .option('-q, --quiet', 'no progress bar')
        .option('-v, --verbose', 'say where the image came from')
        .action(async (image: string, options: SbomArguments) => {
          const { runSbom } = await import('./sbom-command.ts')
          code = await runSbom(image, { ...options, color: program.opts<{ color: CheckArguments['color'] }>().color })
        })

    if (isAsked('profile'))
      program
        .command('profile')
        .description('write the least privilege that can be known of an image or a service without starting it')
        .argument('<subject>', 'an image, as for sbom; or a Compose file or a manifest: compose.yaml#web')
        .addOption(
          new Option('--for <target>', 'flags of docker run, a service of Compose, or objects of Kubernetes')
            .choices(['docker', 'compose', 'kubernetes'])
            .makeOptionMandatory(),
        )
        .option('--service <name>', 'which service or container of the file')
        .option('--image <image>', 'look into this image instead of the one that the file names')
        .option('--no-image', 'look into no image')
        .option('--seccomp <file>', 'write a seccomp profile there, and use it')
        .option('--apparmor <file>', 'write an AppArmor profile there, and use it')
        .option('-o, --output <file>', 'write the output to a file')
        .option('--platform <platform>', 'which one of an image for several platforms: linux/arm64')
        .option('--plain-http', 'speak to the registry by http, without encryption')
        .option(
          '--mirror <registry=address>',
          'ask this mirror first: docker.io=https://mirror.example (may be repeated)',
          several,
        )
        .option('--no-cache', 'read everything again, and remember nothing')
        .option('--verify', 'compute the digest of every layer, also where that means reading more')
        .option('--strict', 'exit with 2 also for what is not covered')
        .option('-q, --quiet', 'no progress bar')
        .option('-v, --verbose', 'say where the image came from')
        .action(async (subject: string, options: ProfileArguments) => {
          const { runProfile } = await import('./profile-command.ts')
          code = await runProfile(subject, options)
        })

    if (isAsked('harden'))
      hardening(
        program
          .command('harden')
          .description('make a Dockerfile fit for production: a small base, no root, nothing writable; and the files beside it')
          .argument('[dockerfile]', 'the Dockerfile, or the folder that it stands in', '.')
          .option('--review', 'ask for each change, on a terminal')
          .option('--context <folder>', 'the build context, when it is not the folder of the Dockerfile')
          .option('--no-inline-ignores', 'comments in the file silence nothing'),
      ).action(async (path: string, options: Omit<HardenArguments, 'color'>) => {
        const { runHarden } = await import('./harden-command.ts')
        const { color } = program.opts<{ color: HardenArguments['color'] }>()
        code = await runHarden(path, { ...options, color })
      })

    if (isAsked('init'))
      hardening(
        program
          .command('init')
          .description('write a hardened Dockerfile for a project that has none')
          .argument('[folder]', 'the project', '.')
          .option('--compose', 'also a Compose file')
          .option('--kubernetes', 'also a Deployment, and a Service where it listens'),
      ).action(async (folder: string, options: Omit<InitArguments, 'color' | 'inlineIgnores'>) => {
        const { runInit } = await import('./init-command.ts')
        const { color } = program.opts<{ color: HardenArguments['color'] }>()
        code = await runInit(folder, { ...options, inlineIgnores: true, color })
      })

    if (isAsked('rebase'))
      program
        .command('rebase')
        .description(
          'change a base image to another one: in Dockerfiles, Compose and Kubernetes files, and scripts that start containers',
        )
        .argument('<old>', 'the image that is used now: node:20-bookworm, or node for every tag of it')
        .argument('<new>', 'the image that shall be used; without a tag the tags stay')
        .argument('[paths...]', 'files, folders and patterns', ['.'])
        .option('--dry-run', 'show what would change, and write nothing')
        .option('--digest <digest>', 'pin the new image to this digest, behind its tag')
        .option('--pin', 'pin every new image to the digest that its registry has now')
        .option('--no-pin', 'digests that no longer fit go away, and no registry is asked')
        .option('--message', 'print a message for the commit')
        .option('--strict', 'exit with 2 also for what is not covered')
        .option('-q, --quiet', 'no summary')
        .action(async (old: string, fresh: string, paths: string[], options: Omit<RebaseArguments, 'color'>) => {
          const { runRebase } = await import('./rebase-command.ts')
          const { color } = program.opts<{ color: RebaseArguments['color'] }>()
          code = await runRebase(old, fresh, paths, { ...options, color })
        })

    if (isAsked('cache')) {
      const cache = program.command('cache').description('what is remembered of layers that were read')
      cache
        .command('status')
        .description('where the cache is, and how large')
        .action(async () => {
          const { runCacheStatus } = await import('./cache-command.ts')
          code = await runCacheStatus()
        })
      cache
        .command('clear')
        .description('remove it; the database of advisories stays')
        .action(async () => {
          const { runCacheClear } = await import('./cache-command.ts')
          code = await runCacheClear()
        })
    }

    if (isAsked('explain'))
      program
        .command('explain')
        .description(
          'explain a rule or a kind of secret: by its id, or by the id of the tool that it replaces (DL3002, DS-0002, CKV_DOCKER_8)',
        )
        .argument('<rule>', 'the id')
        .action(async (id: string) => {
          const { runExplain } = await import('./rules-commands.ts')
          code = await runExplain(id, program.opts<{ color: CheckArguments['color'] }>().color)
        })

    if (isAsked('rules'))
      program
        .command('rules')
        .description('list all rules')
        .addOption(new Option('-f, --format <format>', 'form of the output').choices(['table', 'json']).default('table'))
        .action(async (options: { format: 'table' | 'json' }) => {
          const { runRules } = await import('./rules-commands.ts')
          code = await runRules(options.format, program.opts<{ color: CheckArguments['color'] }>().color)
        })
  }
  addCommands(name => name === args[0])
  if (program.commands.length === 0) addCommands(() => true)

  try {
    await program.parseAsync([...args], { from: 'user' })
  } catch (error) {
    if (error instanceof CommanderError) {
      if (error.exitCode === 0) return 0
      const message = error.message === '(outputHelp)' ? 'which command?' : error.message.replace(/^error: /, '')
      tell(`bulkhead: ${message.replace(/\n/g, ' ')}`)
      console.error(
        args.length === 0 ? program.helpInformation() : 'bulkhead --help lists the commands, bulkhead help COMMAND their options',
      )
      return 2
    }
    if (error instanceof UsageError) {
      tell(`bulkhead: ${error.message}`)
      if (error.hint !== undefined) tell(`  ${error.hint}`)
      return 2
    }
    throw error
  }
  return code
}

/** What is said of it in the configuration counts when it is not given. */
const failOnOption = (): Option =>
  new Option('--fail-on <severity>', 'exit with 1 from this severity on (default: high)').choices([
    'critical',
    'high',
    'medium',
    'low',
    'info',
    'none',
  ])

/** What commands that judge a command line have in common. */
const judgingCommand = (command: Command): Command =>
  command
    .addOption(failOnOption())
    .option('--strict', 'exit with 2 also for what is not covered')
    .addOption(new Option('--profile <profile>', 'which rules run').choices(['default', 'all']))
    .option('--only <rules>', 'run only these rules, separated by commas (ids of other tools work too)', ids)
    .option('-c, --config <file>', 'use this configuration and no other')
    .option('--no-config', 'use no configuration')

/** What commands that look into images have in common. */
const scanCommand = (program: Command, name: string): Command =>
  program
    .command(name)
    .argument(
      '<image>',
      'a file, a folder or a name such as nginx:1.25; docker:, registry:, archive:, oci:, dir: or sbom: in front forces one source',
    )
    .option('--platform <platform>', 'which one of an image for several platforms: linux/arm64')
    .option('--plain-http', 'speak to the registry by http, without encryption')
    .option('--mirror <registry=address>', 'ask this mirror first: docker.io=https://mirror.example (may be repeated)', several)
    .option('--no-cache', 'read everything again, and remember nothing')
    .option('--verify', 'compute the digest of every layer, also where that means reading more')
    .option('-q, --quiet', 'no progress bar')
    .option('-v, --verbose', 'say where the image came from')

/** What commands that harden have in common. */
const hardening = (command: Command): Command =>
  command
    .addOption(
      new Option('--level <level>', 'safe: what cannot change the program; balanced: what rarely does; strict: all there is')
        .choices(['safe', 'balanced', 'strict'])
        .default('balanced'),
    )
    .option('--diff', 'show what would change, and write nothing (this is what happens without options)')
    .option('--write', 'change the files')
    .option('--json', 'print what changes, and why, as JSON')
    .option('--exclude <ids>', 'leave these changes out, separated by commas', ids)
    .option('--no-reasons', 'do not say why')
    .option('--pin', 'ask registries for digests, and pin the bases to them')
    .option('-c, --config <file>', 'use this configuration and no other')
    .option('--no-config', 'use no configuration')
    .option('--prove', 'build, scan and run both with the engine at hand, and take back what breaks')
    .option(
      '--check <command>',
      'with --prove: a shell command that asks the container ($BULKHEAD_URL); what it prints is compared',
    )
    .option('--port <port>', 'with --prove: the port to ask', portNumber)
    .option('--run-option <option>', 'with --prove: give this to docker run, for both (may be repeated)', several)
    .option('--build-option <option>', 'with --prove: give this to docker build, for both (may be repeated)', several)
    .option('--patience <seconds>', 'with --prove: how long to wait for one answer', wholeNumber, 60)
    .option('--deadline <minutes>', 'with --prove: how long all of it may take', wholeNumber, 20)
    .option('--strict', 'exit with 2 also for what is not covered')
    .option('-q, --quiet', 'print the diff alone')
    .option('-v, --verbose', 'say where images came from')

const several = (value: string, all: readonly string[] = []): readonly string[] => [...all, value]

const probability = (text: string): number => {
  const value = Number(text)
  if (text.trim() === '' || !(value >= 0 && value <= 1)) throw new InvalidArgumentError('It must be a number from 0 to 1.')
  return value
}

const wholeNumber = (text: string): number => {
  if (!/^\d{1,3}$/.test(text)) throw new InvalidArgumentError('It must be a whole number.')
  return Number(text)
}

const portNumber = (text: string): number => {
  const value = Number(text)
  if (!/^\d{1,5}$/.test(text) || value < 1 || value > 65535) throw new InvalidArgumentError('It must be a port from 1 to 65535.')
  return value
}

const days = (text: string): number => {
  const match = /^(\d{1,5}(?:\.\d+)?)d?$/.exec(text)
  if (!match) throw new InvalidArgumentError('It must be a number of days.')
  return Number(match[1])
}

const ids = (text: string): readonly string[] => {
  const list = text.split(',').map(part => part.trim())
  if (list.some(id => id === '')) throw new InvalidArgumentError('Names are separated by single commas.')
  return list
}

const waysOption = (): Option => new Option('--ways <which>', 'which ways out of containers are told').choices(['main', 'all'])
