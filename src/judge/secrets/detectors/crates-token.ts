import { type Detector, sampleText } from '../detector.ts'

export default {
  name: 'crates.io API token',
  why: 'It publishes crates in the name of its owner: everyone who builds with them runs what the finder wrote.',
  revoke: 'Revoke it at https://crates.io/settings/tokens.',
  link: 'https://doc.rust-lang.org/cargo/reference/publishing.html',
  keywords: ['cio'],
  pattern: /\bcio[A-Za-z0-9]{32}\b/g,
  prefix: /^cio/,
  isReal: secret => /\d/.test(secret) && /[a-z]/.test(secret.slice(3)) && /[A-Z]/.test(secret),
  samples: {
    real: () => [`cio${sampleText(32)}`, `token = "cio${sampleText(32, undefined, 2)}"`],
    not: () => ['ciocreateconnectionfromdescriptorset', `cio${sampleText(20)}`],
  },
} satisfies Detector
