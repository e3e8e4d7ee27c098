import { type Detector, hex, sampleText } from '../detector.ts'

const pem = (seed: number): string =>
  `-----BEGIN ${'PRIVATE'} KEY-----\\n${sampleText(1600, undefined, seed)}\\n-----END ${'PRIVATE'} KEY-----\\n`

export default {
  name: 'Google Cloud service account key',
  why: 'It acts as the service account, for as long as nobody deletes the key: data, machines and the bill of the project.',
  revoke: 'Delete the key: gcloud iam service-accounts keys delete KEY_ID --iam-account=ACCOUNT.',
  link: 'https://cloud.google.com/iam/docs/keys-create-delete#deleting',
  keywords: ['private_key_id'],
  pattern:
    /private_key_id\\{0,3}"\s{0,4}:\s{0,4}\\{0,3}"[0-9a-f]{40}\\{0,3}"\s{0,4},(?:\s|\\n){0,20}\\{0,3}"private_key\\{0,3}"\s{0,4}:\s{0,4}\\{0,3}"(?<secret>-----BEGIN PRIVATE KEY-----[A-Za-z0-9+/=\\\n]{400,5000}-----END PRIVATE KEY-----)/g,
  prefix: /^-----BEGIN PRIVATE KEY-----/,
  reach: { before: 64, after: 6000 },
  isKey: true,
  samples: {
    real: () => [
      `{"type": "service_account", "private_key_id": "${sampleText(40, hex)}", "private_key": "${pem(1)}"}`,
      `  "private_key_id": "${sampleText(40, hex, 2)}",\n  "private_key": "${pem(2)}",\n`,
    ],
    not: () => [
      `{"private_key_id": "${sampleText(40, hex)}", "private_key": "-----BEGIN ${'PRIVATE'} KEY-----\\nkey\\n"}`,
      '{"private_key_id": "<id>", "private_key": "<key>"}',
    ],
  },
} satisfies Detector
