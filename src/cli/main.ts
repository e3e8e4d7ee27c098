/** The command `bulkhead`. Each command's own modules are loaded when it runs, so that starting costs little. */
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander'
import { UsageError } from '../model/finding.ts'
import { version } from '../model/version.ts'
import type { CheckArguments } from './check-command.ts'

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

  program
    .command('check')
    .description('judge Dockerfiles: files, folders, patterns, or - for standard input')
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
    .addOption(
      new Option('--fail-on <severity>', 'exit with 1 from this severity on (default: high)').choices([
        'critical',
        'high',
        'medium',
        'low',
        'info',
        'none',
      ]),
    )
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

  program
    .command('explain')
    .description('explain a rule: by its id, or by the id of the tool that it replaces (DL3002, DS-0002, CKV_DOCKER_8)')
    .argument('<rule>', 'the id')
    .action(async (id: string) => {
      const { runExplain } = await import('./rules-commands.ts')
      code = await runExplain(id, program.opts<{ color: CheckArguments['color'] }>().color)
    })

  program
    .command('rules')
    .description('list all rules')
    .addOption(new Option('-f, --format <format>', 'form of the output').choices(['table', 'json']).default('table'))
    .action(async (options: { format: 'table' | 'json' }) => {
      const { runRules } = await import('./rules-commands.ts')
      code = await runRules(options.format, program.opts<{ color: CheckArguments['color'] }>().color)
    })

  try {
    await program.parseAsync([...args], { from: 'user' })
  } catch (error) {
    if (error instanceof CommanderError) {
      if (error.exitCode === 0) return 0
      const message = error.message === '(outputHelp)' ? 'which command?' : error.message.replace(/^error: /, '')
      console.error(`bulkhead: ${message.replace(/\n/g, ' ')}`)
      console.error(
        args.length === 0 ? program.helpInformation() : 'bulkhead --help lists the commands, bulkhead help COMMAND their options',
      )
      return 2
    }
    if (error instanceof UsageError) {
      console.error(`bulkhead: ${error.message}`)
      if (error.hint !== undefined) console.error(`  ${error.hint}`)
      return 2
    }
    throw error
  }
  return code
}

const ids = (text: string): readonly string[] => {
  const list = text.split(',').map(part => part.trim())
  if (list.some(id => id === '')) throw new InvalidArgumentError('rule ids are separated by single commas')
  return list
}
