/** A proposed way to run an image, as a command of Docker's. */
import { type ProposedRun, runFlags } from '../model/hardening.ts'
import { shellWord } from './scan-facts.ts'

/** One line for a shell. */
export const runCommand = (run: ProposedRun, image: string): string =>
  ['docker', 'run', '-d', ...runFlags(run), ...run.ports.flatMap(port => ['-p', `${port}:${port}`]), image]
    .map(shellWord)
    .join(' ')
