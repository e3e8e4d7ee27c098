import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { cvssScore } from './cvss.ts'

describe('scores of CVSS vectors', () => {
  test.each([
    ['AV:N/AC:L/Au:N/C:C/I:C/A:C', 10, 'high', '2.0'],
    ['(AV:N/AC:L/Au:N/C:N/I:N/A:P)', 5, 'medium', '2.0'],
    ['AV:L/AC:H/Au:M/C:N/I:N/A:N', 0, 'low', '2.0'],
    ['CVSS:3.0/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H', 9.8, 'critical', '3.0'],
    ['CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H', 7.5, 'high', '3.1'],
    ['CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:N', 0, 'info', '3.1'],
    // The base score stays, as in NVD.
    ['CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H/E:U/RL:O/RC:U/MAV:P', 7.5, 'high', '3.1'],
    ['CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N', 9.3, 'critical', '4.0'],
    // Here nothing is left out: an exploit that nobody has seen weighs less.
    ['CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N/E:U', 8.1, 'high', '4.0'],
    ['CVSS:4.0/SA:N/SI:N/SC:N/VA:H/VI:H/VC:H/UI:N/PR:N/AT:N/AC:L/AV:N/U:Amber', 9.3, 'critical', '4.0'],
  ])('%s', (vector, score, severity, version) => {
    expect(cvssScore(vector)).toEqual({ score, severity, version })
  })

  test.each([
    '',
    'HIGH',
    '7.5',
    'CVSS:3.1',
    'CVSS:3.1/',
    'CVSS:3.2/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H',
    'AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H',
    'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H',
    'CVSS:3.1/AV:N/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H',
    'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:X',
    'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/QQ:X',
    'CVSS:3.1/AV:N:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H',
    'CVSS:4.0/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H',
    `CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H${'/RC:X'.repeat(100)}`,
    'constructor:a/__proto__:b',
  ])('no vector: %s', vector => {
    expect(cvssScore(vector)).toBeUndefined()
  })

  test('whatever the text is, the answer is a score from 0 to 10 or none', () => {
    const word = fc.constantFrom(
      'CVSS:3.1',
      'CVSS:4.0',
      'AV:N',
      'AC:L',
      'AT:N',
      'PR:N',
      'UI:N',
      'VC:H',
      'S:U',
      'C:H',
      'I:H',
      'A:H',
      '',
    )
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(word, { maxLength: 14 }).map(words => words.join('/')),
        ),
        vector => {
          const result = cvssScore(vector)
          if (result) expect(result.score >= 0 && result.score <= 10).toBe(true)
        },
      ),
    )
  })

  test('4.0: no metric made worse lowers the score', () => {
    const metrics = {
      AV: 'NALP',
      AC: 'LH',
      AT: 'NP',
      PR: 'NLH',
      UI: 'NPA',
      VC: 'HLN',
      VI: 'HLN',
      VA: 'HLN',
      SC: 'HLN',
      SI: 'HLN',
      SA: 'HLN',
    }
    const names = Object.keys(metrics) as (keyof typeof metrics)[]
    const spelled = (choice: readonly number[]) =>
      `CVSS:4.0/${names.map((name, i) => `${name}:${metrics[name][choice[i]! % metrics[name].length]}`).join('/')}`
    fc.assert(
      fc.property(fc.array(fc.nat(11), { minLength: 11, maxLength: 11 }), fc.nat(10), (choice, which) => {
        const level = choice[which]! % metrics[names[which]!].length
        fc.pre(level > 0)
        expect(cvssScore(spelled(choice.with(which, level - 1)))!.score).toBeGreaterThanOrEqual(cvssScore(spelled(choice))!.score)
      }),
    )
  })
})
