/** The door itself: runs the command line of this process. */
import { inspect } from 'node:util'
import { main } from './main.ts'
import { tell } from './terminal.ts'

// `bulkhead … | head` closes the pipe: nobody is listening any more, and that is no error.
process.stdout.on('error', error => {
  if ((error as NodeJS.ErrnoException).code === 'EPIPE') process.exit(0)
  throw error
})

main(process.argv.slice(2)).then(
  code => {
    process.exitCode = code
  },
  error => {
    const message = error instanceof Error ? error.message : String(error)
    tell(`bulkhead: this is a bug in Bulkhead: ${message}`)
    if (process.argv.includes('--verbose') || process.argv.includes('-v'))
      for (const line of inspect(error).split('\n')) tell(line)
    else tell('  Run again with --verbose for the details that a bug report needs')
    process.exitCode = 2
  },
)
