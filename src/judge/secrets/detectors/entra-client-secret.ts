import { type Detector, sampleText } from '../detector.ts'

export default {
  name: 'Microsoft Entra client secret',
  why: 'With the ids of the application and its tenant it signs in as the application: whatever Azure or Microsoft 365 allow it.',
  revoke: 'Delete it under App registrations → Certificates & secrets: az ad app credential delete --id APP --key-id KEY.',
  link: 'https://learn.microsoft.com/entra/identity-platform/how-to-add-credentials',
  keywords: ['0q~', '1q~', '2q~', '3q~', '4q~', '5q~', '6q~', '7q~', '8q~', '9q~'],
  pattern: /(?<![A-Za-z0-9_~.-])[A-Za-z0-9_~.-]{3}\dQ~[A-Za-z0-9_~.-]{34}(?![A-Za-z0-9_~-])/g,
  prefix: /^$/,
  samples: {
    real: () => [
      `${sampleText(3)}8Q~${sampleText(34)}`,
      `AZURE_CLIENT_SECRET=${sampleText(3, undefined, 2)}7Q~${sampleText(34, undefined, 3)}`,
    ],
    not: () => ['abc8Q~short', `${sampleText(3)}8Q~${sampleText(40)}`],
  },
} satisfies Detector
