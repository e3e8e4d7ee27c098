/** A rule's wishes → the edits of its fix. What cannot be done exactly becomes advice that says what to write where. */
import type { Container, Wish } from '../../model/container.ts'
import type { Fix, Safety } from '../../model/finding.ts'
import type { Fixed } from './compose.ts'
import { NotExact } from './edits.ts'
import { wishWords } from './wish-words.ts'

/** `least`: the strongest class that this form of file allows; a script is run by who knows what. */
export const withEdits = (
  fix: Fix,
  wishes: readonly Wish[],
  container: Container,
  edit: () => Fixed,
  least: Safety = 'safe',
): Fix => {
  if (fix.safety === 'manual') return fix
  if (wishes.length === 0) return { ...fix, safety: 'manual' }
  try {
    const { edits, note } = edit()
    if (edits.length === 0) return { ...fix, safety: 'manual' }
    return {
      title: note === undefined ? fix.title : `${fix.title}; ${note}`,
      safety: least === 'unsafe' ? 'unsafe' : fix.safety,
      edits,
    }
  } catch (error) {
    if (!(error instanceof NotExact)) throw error
    const words = [...new Set(wishes.map(wish => wishWords(wish, container)))].join(', and ')
    return { title: `${fix.title}; ${words}: ${error.message}`, safety: 'manual', edits: [] }
  }
}
