import { type Detector, sampleText } from '../detector.ts'

const encode = (value: object): string => btoa(JSON.stringify(value)).replace(/=+$/, '').replaceAll('+', '-').replaceAll('/', '_')

export default {
  name: 'JSON Web Token',
  why: 'Until it expires, whoever shows it is taken for the person or service it was made for.',
  revoke: 'End the session or change the signing key; find out from its payload who issued it.',
  link: 'https://www.rfc-editor.org/rfc/rfc7519',
  keywords: ['eyj'],
  pattern: /\beyJ[A-Za-z0-9_-]{10,500}\.eyJ[A-Za-z0-9_-]{10,2000}\.[A-Za-z0-9_-]{20,700}(?![A-Za-z0-9_-])/g,
  prefix: /^eyJ/,
  isReal(secret) {
    try {
      const header: unknown = JSON.parse(atob(secret.split('.')[0]!.replaceAll('-', '+').replaceAll('_', '/')))
      return typeof header === 'object' && header !== null && 'alg' in header
    } catch {
      // Not base 64, or not JSON inside: it only looks like one.
      return false
    }
  },
  samples: {
    real: () => [`${encode({ alg: 'HS256', typ: 'JWT' })}.${encode({ sub: 'ann', iat: 1700000000 })}.${sampleText(43)}`],
    not: () => ['eyJhbGci.eyJ.x'],
  },
} satisfies Detector
