import fc from 'fast-check'
import { expect, test } from 'vitest'
import { keywordFinder } from './keywords.ts'

test('all places of all keywords, whatever their letters, as a plain search finds them', () => {
  // Few characters, and those whose sixth bit makes others of them: what a table takes for the same is told apart.
  const text = fc.string({ unit: fc.constantFrom(...'abAB_-@`[{\u007f \n\0'), maxLength: 200 })
  const keyword = fc.string({ unit: fc.constantFrom(...'ab_-`{'), minLength: 3, maxLength: 6 })
  fc.assert(
    fc.property(
      text,
      fc.uniqueArray(keyword, { minLength: 1, maxLength: 12 }),
      fc.nat(20),
      fc.nat(20),
      (text, keywords, skip, cut) => {
        const bytes = new TextEncoder().encode(text)
        const end = Math.max(0, bytes.length - cut)
        const found: string[] = []
        keywordFinder(keywords)(bytes, skip, end, (keyword, at) => found.push(`${keyword} ${at}`))
        const expected = keywords.flatMap((keyword, i) =>
          Array.from({ length: text.length }, (_, at) => at)
            .filter(
              at => at >= skip && at + keyword.length <= end && text.slice(at, at + keyword.length).toLowerCase() === keyword,
            )
            .map(at => `${i} ${at}`),
        )
        expect(found.sort()).toEqual(expected.sort())
      },
    ),
  )
})

test('keywords that are too short are refused', () => {
  expect(() => keywordFinder(['ab'])).toThrow('shorter than three characters')
})
