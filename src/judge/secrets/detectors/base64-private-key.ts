import { type Detector, sampleText } from '../detector.ts'

export default {
  name: 'Private key in base 64',
  why: 'Base 64 hides nothing. Whoever has the key is who it belongs to: in a kubeconfig (client-key-data) an administrator of the cluster.',
  revoke: 'Make a new pair, and take the old certificate or public key out of everything that trusts it.',
  link: 'https://kubernetes.io/docs/reference/config-api/kubeconfig.v1/#AuthInfo',
  keywords: ['ls0tls1crudjti'],
  pattern: /(?<![A-Za-z0-9+/])LS0tLS1CRUdJTi[A-Za-z0-9+/]{80,8000}={0,2}/g,
  prefix: /^LS0tLS1CRUdJTi/,
  reach: { before: 64, after: 8192 },
  isKey: true,
  // Parameters of the curve, or a certificate, may come first.
  isReal: secret =>
    /-----BEGIN (?:[A-Z]{2,9} )?PRIVATE KEY-----\s{1,4}[A-Za-z0-9+/=]{24}/.test(
      atob(secret.replace(/=/g, '').slice(0, 4 * Math.floor(secret.length / 4))),
    ),
  samples: {
    real: () => [
      btoa(`-----BEGIN ${'PRIVATE'} KEY-----\n${sampleText(200)}\n`),
      `client-key-data: ${btoa(`-----BEGIN RSA ${'PRIVATE'} KEY-----\n${sampleText(300, undefined, 2)}\n`)}`,
      btoa(
        `-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n-----BEGIN EC ${'PRIVATE'} KEY-----\n${sampleText(160, undefined, 3)}\n`,
      ),
    ],
    not: () => [btoa(`-----BEGIN CERTIFICATE-----\n${sampleText(300)}\n`), btoa(`-----BEGIN ${'PRIVATE'} KEY-----\n`)],
  },
} satisfies Detector
