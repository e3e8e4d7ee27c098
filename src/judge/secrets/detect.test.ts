import { describe, expect, test } from 'vitest'
import { detectSecrets } from './detect.ts'
import { base62Checksum, crc32 } from './detector.ts'
import { detectors } from './registry.ts'

describe.each(Object.entries(detectors))('%s', (id, detector) => {
  test('finds its samples, whole, and nothing else', () => {
    for (const sample of detector.samples.real()) {
      const found = detectSecrets(`ENV X="${sample}"`)
      expect(
        found.map(detection => detection.id),
        sample,
      ).toEqual([id])
    }
    for (const sample of detector.samples.not()) expect(detectSecrets(`ENV X="${sample}"`), sample).toEqual([])
  })

  test('its texts', () => {
    expect(detector.why.length).toBeLessThanOrEqual(300)
    expect(detector.pattern.flags).toContain('g')
    expect(detector.link).toMatch(/^https:\/\//)
    for (const keyword of detector.keywords) expect(keyword).toBe(keyword.toLowerCase())
  })

  test('hostile text takes linear time', () => {
    const [sample = ''] = detector.samples.real()
    const hostile = sample.slice(0, 12).repeat(20_000)
    detectSecrets(hostile)
    detectSecrets(`${hostile}${'a'.repeat(200_000)}:`)
  })
})

test('the checksum is the one that its issuers publish', () => {
  // CRC-32 of "123456789" is the check value of the algorithm: https://reveng.sourceforge.io/crc-catalogue/17plus.htm#crc.cat-bits.32
  expect(crc32('123456789').toString(16)).toBe('cbf43926')
  expect(base62Checksum('').length).toBe(6)
})
