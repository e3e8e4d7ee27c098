/** What the terminal can do, and writing to it. */
import { UsageError } from '../model/finding.ts'
import { WorldError } from '../model/world.ts'
import { forTerminal } from '../show/escape.ts'
import { machine } from '../world/machine.ts'

/** NO_COLOR (https://no-color.org) and FORCE_COLOR count unless --color says otherwise. */
export const wantsColour = (when: 'auto' | 'always' | 'never'): boolean => {
  if (when !== 'auto') return when === 'always'
  if (process.env.NO_COLOR !== undefined && process.env.NO_COLOR !== '') return false
  if (process.env.FORCE_COLOR !== undefined && process.env.FORCE_COLOR !== '' && process.env.FORCE_COLOR !== '0') return true
  return process.stdout.isTTY === true && process.env.TERM !== 'dumb'
}

/** In columns; undefined for what is not a terminal, and for terminals that do not say (serial lines and some CI systems say 0). */
export const terminalWidth = (): number | undefined =>
  process.stdout.isTTY && process.stdout.columns > 0 ? Math.max(40, process.stdout.columns) : undefined

/**
 * One line on standard error. Messages carry names out of images, registries and files, which may hold escape sequences: nothing in them speaks to the
 * terminal.
 */
export const tell = (line: string): void => console.error(forTerminal(line))

/** Resolves when the text is handed over: exiting before that would cut it off. */
export const print = (text: string): Promise<void> =>
  new Promise(resolve => {
    if (text === '') resolve()
    else process.stdout.write(text, () => resolve())
  })

/** What comes in pieces to standard output or into a file: no more of it is held than is written at once. */
export const deliver = async (pieces: Iterable<string>, output: string | undefined): Promise<void> => {
  if (output === undefined) for (const portion of portions(pieces)) await print(portion)
  else {
    const encoder = new TextEncoder()
    await machine.files
      .write(
        output,
        portions(pieces).map(portion => encoder.encode(portion)),
      )
      .catch(error => {
        throw error instanceof WorldError ? new UsageError(error.message) : error
      })
  }
}

/** In UTF-16 units. */
const portionLength = 65_536

/** Small pieces together. */
function* portions(pieces: Iterable<string>): Generator<string, undefined> {
  let portion = ''
  for (const piece of pieces) {
    portion += piece
    if (portion.length < portionLength) continue
    yield portion
    portion = ''
  }
  if (portion !== '') yield portion
}
