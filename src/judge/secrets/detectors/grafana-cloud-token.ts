import { type Detector, sampleText } from '../detector.ts'

const token = (seed: number): string =>
  `glc_${btoa(JSON.stringify({ o: '123456', n: 'stack-writer', k: sampleText(24, undefined, seed), m: { r: 'eu' } }))}`

export default {
  name: 'Grafana Cloud access policy token',
  why: 'It writes or reads the metrics, logs and traces of the stack, and manages it where its policy says so.',
  revoke: 'Delete it under Security → Access policies at https://grafana.com.',
  link: 'https://grafana.com/docs/grafana-cloud/security-and-account-management/authentication-and-permissions/access-policies/',
  keywords: ['glc_'],
  pattern: /\bglc_eyJ[A-Za-z0-9+/]{40,400}={0,2}(?![A-Za-z0-9+/=])/g,
  prefix: /^glc_/,
  isReal(secret) {
    try {
      const value: unknown = JSON.parse(atob(secret.slice(4)))
      return typeof value === 'object' && value !== null && 'o' in value && 'k' in value
    } catch {
      // Not JSON in base 64: it only begins like one.
      return false
    }
  },
  samples: {
    real: () => [token(1), token(2)],
    not: () => ['glc_eyJ…', `glc_eyJ${sampleText(80)}`],
  },
} satisfies Detector
