/** The door itself: runs the command line of this process. */
import { main } from './main.ts'

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
    console.error(`bulkhead: this is a bug in Bulkhead: ${message}`)
    if (process.argv.includes('--verbose') || process.argv.includes('-v')) console.error(error)
    else console.error('  Run again with --verbose for the details that a bug report needs')
    process.exitCode = 2
  },
)
