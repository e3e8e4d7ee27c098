/** What packages state as their licence → what SBOM formats accept. */
import exceptions from 'spdx-exceptions/index.json' with { type: 'json' }
import parse from 'spdx-expression-parse'
import ids from 'spdx-license-ids/index.json' with { type: 'json' }

const known = new Set(ids)
const knownExceptions = new Set(exceptions)

/** True for an identifier of the SPDX licence list: https://spdx.org/licenses/ */
export const isLicenceId = (text: string): boolean => known.has(text)

/** True for an SPDX expression whose every part is on the list: https://spdx.github.io/spdx-spec/v2.3/SPDX-license-expressions/ */
export const isLicenceExpression = (text: string): boolean => {
  if (known.has(text)) return true
  if (text.length > 2000 || !/^[\w.+() -]+$/.test(text)) return false
  for (const word of text.split(/[\s()]+/))
    if (word !== '' && !/^(?:AND|OR|WITH)$/.test(word) && !known.has(word.replace(/\+$/, '')) && !knownExceptions.has(word))
      return false
  try {
    parse(text)
    return true
  } catch {
    return false
  }
}
