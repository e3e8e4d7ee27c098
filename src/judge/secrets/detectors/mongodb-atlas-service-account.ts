import { type Detector, sampleText } from '../detector.ts'

export default {
  name: 'MongoDB Atlas service account secret',
  why: 'With the id of its client it changes the clusters of the project or organisation, and makes database users for itself.',
  revoke: 'Revoke the secret at https://cloud.mongodb.com under Access Manager → Service Accounts.',
  link: 'https://www.mongodb.com/docs/atlas/configure-api-access/',
  keywords: ['mdb_sa_sk_'],
  pattern: /\bmdb_sa_sk_[A-Za-z0-9_-]{36,60}(?![A-Za-z0-9_-])/g,
  prefix: /^mdb_sa_sk_/,
  samples: {
    real: () => [`mdb_sa_sk_${sampleText(40)}`, `mdb_sa_sk_${sampleText(40, undefined, 2)}`],
    not: () => ['mdb_sa_sk_secret', `mdb_sa_id_${sampleText(24)}`],
  },
} satisfies Detector
