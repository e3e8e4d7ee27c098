import { type Detector, sampleText } from '../detector.ts'

export default {
  name: 'Azure storage account key',
  why: 'It reads, changes and deletes everything in the storage account.',
  revoke: 'Rotate the key under Access keys of the storage account.',
  link: 'https://learn.microsoft.com/azure/storage/common/storage-account-keys-manage',
  keywords: ['accountkey='],
  pattern: /AccountKey=(?<secret>[A-Za-z0-9+/]{86}==)/g,
  prefix: /^$/,
  samples: {
    real: () => [`DefaultEndpointsProtocol=https;AccountName=a;AccountKey=${sampleText(86)}==`],
    not: () => ['AccountKey=short=='],
  },
} satisfies Detector
