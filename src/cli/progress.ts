/** A bar on standard error while an image is read; nothing where standard error is no terminal. */
import type { Progress } from '../flows/inventory.ts'
import { bytesText } from '../show/inventory-text.ts'

export const progressBar = (name: string): Progress & { end(): void } => {
  const { stderr } = process
  const isShown = stderr.isTTY === true && process.env.TERM !== 'dumb' && !process.env.CI
  let total: number | undefined
  let done = 0
  let last = 0
  let hasDrawn = false
  const started = Date.now()
  const draw = (): void => {
    const now = Date.now()
    // What is over at once needs no bar.
    if (now - started < 300 || now - last < 80) return
    last = now
    hasDrawn = true
    const width = Math.max(20, (stderr.columns || 80) - 1)
    const known = total !== undefined && total > 0
    const share = known ? Math.min(1, done / total!) : 0
    const numbers = known
      ? ` ${String(Math.floor(share * 100)).padStart(3)} %  ${bytesText(done)} of ${bytesText(total!)}`
      : ` ${bytesText(done)}`
    const label = `reading ${name.replace(/[^\x20-\x7e]/g, '?')}`.slice(0, Math.max(10, width - numbers.length - 24))
    const room = Math.min(30, width - label.length - numbers.length - 3)
    const filled = Math.round(room * share)
    const bar = known && room > 4 ? ` [${'#'.repeat(filled)}${'.'.repeat(room - filled)}]` : ''
    stderr.write(`\r\u001b[K${label}${bar}${numbers}`)
  }
  return {
    start(bytes) {
      total = bytes
    },
    advance(bytes) {
      done += bytes
      if (isShown) draw()
    },
    end() {
      if (hasDrawn) stderr.write('\r\u001b[K')
    },
  }
}
