import { type Detector, sampleText } from '../detector.ts'

const key = (seed: number): string => btoa(JSON.stringify({ k: sampleText(32, undefined, seed), n: 'deploy', id: seed }))

export default {
  name: 'Grafana API key',
  why: 'It reads and changes dashboards and data sources; as an administrator, also users.',
  revoke: 'Delete it in Grafana; keys of this kind have been replaced by service accounts.',
  link: 'https://grafana.com/docs/grafana/latest/administration/service-accounts/migrate-api-keys/',
  keywords: ['eyjrijoi'],
  pattern: /\beyJrIjoi[A-Za-z0-9+/]{40,200}={0,2}(?![A-Za-z0-9+/=])/g,
  prefix: /^$/,
  isReal(secret) {
    try {
      const value: unknown = JSON.parse(atob(secret))
      return typeof value === 'object' && value !== null && 'k' in value && 'n' in value && 'id' in value
    } catch {
      // Not JSON in base 64: it only begins like one.
      return false
    }
  },
  samples: {
    real: () => [key(1), key(2)],
    not: () => [`eyJrIjoi${'T0tTcG1pUlY2RnVKZTFVaDFsNFZXdE9ZWmNrMkZYbk'}`, `eyJrIjoi${sampleText(60)}`],
  },
} satisfies Detector
