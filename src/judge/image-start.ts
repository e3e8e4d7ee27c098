/** What the image starts, and what that needs. */
import type { ImageFacts } from './image-rule.ts'

const interpreters =
  /^(?:node|nodejs|python\d*(?:\.\d+)?|java|ruby\d*(?:\.\d+)?|perl|php(?:-fpm)?[\d.]*|dotnet|deno|bun|lua[\d.]*|Rscript)$/

/**
 * `program`: a single ELF file is started in exec form; `interpreter`: one that runs scripts, which may start other programs. Undefined: a shell or a
 * script is started, or nobody can tell, and tools may be needed.
 */
export const runsOneProgram = ({ census: { start } }: ImageFacts): 'program' | 'interpreter' | undefined => {
  if (start?.kind !== 'elf' || start.isShell) return undefined
  const name = start.program.slice(start.program.lastIndexOf('/') + 1)
  return interpreters.test(name) ? 'interpreter' : 'program'
}
