import { type Detector, hex, sampleText } from '../detector.ts'

export default {
  name: 'Databricks personal access token',
  why: 'It runs code on the clusters of the workspace, and reads the data that its owner can reach.',
  revoke: 'Revoke it under Settings → Developer → Access tokens, or: databricks tokens delete ID.',
  link: 'https://docs.databricks.com/aws/en/dev-tools/auth/pat',
  keywords: ['dapi'],
  pattern: /\bdapi[0-9a-f]{32}(?:-\d)?(?![A-Za-z0-9_-])/g,
  prefix: /^dapi/,
  // The one of the documentation's examples.
  isReal: secret => !/0123456789|1234567890/.test(secret),
  samples: {
    real: () => [`dapi${sampleText(32, hex)}`, `DATABRICKS_TOKEN=dapi${sampleText(32, hex, 2)}-2`],
    not: () => ['dapi1234567890ab1cde2f3ab456c7d89efa', 'dapi_token', `dapi${sampleText(20, hex)}`],
  },
} satisfies Detector
