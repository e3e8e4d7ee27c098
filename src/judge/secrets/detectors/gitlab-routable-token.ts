import { crc32, type Detector, sampleText } from '../detector.ts'

const checksum = (body: string): string => crc32(body).toString(36).padStart(7, '0')

const token = (prefix: string, seed: number): string => {
  const body = `${prefix}${sampleText(40, undefined, seed)}.01.${(40).toString(36).padStart(2, '0')}`
  return body + checksum(body)
}

export default {
  name: 'GitLab routable token',
  why: 'Personal, deploy and runner tokens open repositories, packages and pipelines of their projects.',
  revoke: 'Revoke it under Access tokens in the settings of the user, project or group, or of the runner.',
  link: 'https://handbook.gitlab.com/handbook/engineering/architecture/design-documents/cells/routable_tokens/',
  keywords: ['.01.'],
  // Base 64, the version, the length of the former in base 36, and the CRC-32 of all that in base 36.
  pattern:
    /\bgl(?:pat|dt|rt|rtr|ptt|cbt|ft|soat|agent|imt|wt|oas|ffct)-(?:t\d_)?[A-Za-z0-9_-]{27,300}\.01\.[0-9a-z]{9}(?![A-Za-z0-9_-])/g,
  prefix: /^gl[a-z]+-(?:t\d_)?/,
  reach: { before: 400, after: 64 },
  isReal(secret) {
    const body = secret.slice(0, -7)
    const sum = secret.slice(-7)
    return checksum(body) === sum || checksum(body.replace(/^gl[a-z]+-(?:t\d_)?/, '')) === sum
  },
  samples: {
    real: () => [token('glpat-', 1), token('glrt-t1_', 2)],
    not: () => ['glpat-short.01.000000000', 'gldt-example.01.0z1234567'],
  },
} satisfies Detector
