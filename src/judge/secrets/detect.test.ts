import { describe, expect, test } from 'vitest'
import { detectSecrets } from './detect.ts'
import { base62Checksum, crc32, type Detector, isPlaceholder, sampleText } from './detector.ts'
import { detectors } from './registry.ts'
import { scanFile } from './scan-file.ts'

/** In a file, or in a Dockerfile. */
const kindsIn = ({ filesOnly: path }: Detector, sample: string): readonly string[] => {
  if (path === undefined) return detectSecrets(`ENV X="${sample}"`).map(({ id }) => id)
  const bytes = Buffer.from(sample, 'latin1')
  const file = { path, size: bytes.length, read: (offset: number, length: number) => bytes.subarray(offset, offset + length) }
  return scanFile(file, { reveal: false }).map(({ detector }) => detector)
}

describe.each(Object.entries(detectors))('%s', (id, detector) => {
  test('finds its samples, whole, and nothing else', () => {
    for (const sample of detector.samples.real()) {
      expect(kindsIn(detector, sample), sample).toEqual([id])
      if (detector.filesOnly !== undefined) expect(detectSecrets(sample).map(detection => detection.id)).not.toContain(id)
    }
    for (const sample of detector.samples.not()) expect(kindsIn(detector, sample), sample).toEqual([])
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

test.each([
  '$NAME',
  '${NAME}',
  '${NAME:-default}',
  '$1',
  '$(cat /run/secrets/a)',
  '$(aws ssm get-parameter --name /x/y2 --query Parameter.Value)',
  '%NAME%',
  '%(NAME_2)s',
  '<name>',
  '<your-token-here-123>',
  '<your',
  '{{ token }}',
  'prefix-$NAME',
  'my-long-prefix-$NAME-v2-suffix',
  '$CI_REGISTRY_USER:$CI_JOB_TOKEN1',
  '$env:SECRET_VALUE_1',
])('a reference is no credential: %s', value => {
  expect(isPlaceholder(value)).toBe(true)
})

test('a random value may look like a reference', () => {
  // What Django draws from: https://github.com/django/django/blob/main/django/core/management/utils.py
  const letters = 'abcdefghijklmnopqrstuvwxyz0123456789!@#$%^&*(-_=+)'
  const values = Array.from({ length: 1000 }, (_, i) => sampleText(50, letters, i + 1))
  expect(values.filter(isPlaceholder).length).toBeLessThan(10)
  expect(values.filter(value => detectSecrets(`SECRET_KEY = '${value}'`).length === 0).length).toBeLessThan(10)
  expect(isPlaceholder('hT7kq9Lm2Vx$wb4Zt8Qe')).toBe(false)
})
