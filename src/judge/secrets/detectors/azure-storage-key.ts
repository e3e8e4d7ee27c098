import { type Detector, sampleText } from '../detector.ts'

export default {
  name: 'Azure storage account key',
  why: 'It reads, changes and deletes everything in the storage account.',
  revoke: 'Rotate the key under Access keys of the storage account.',
  link: 'https://learn.microsoft.com/azure/storage/common/storage-account-keys-manage',
  keywords: ['accountkey=', '+ast'],
  // Newer keys carry a signature that names the service.
  pattern: /AccountKey=(?<secret>[A-Za-z0-9+/]{86}==)|(?<![A-Za-z0-9+/])[A-Za-z0-9+/]{76}\+ASt[A-Za-z0-9+/]{6}==/g,
  prefix: /^$/,
  // The emulators of Azure Storage and Cosmos DB have the same keys for everyone:
  // https://learn.microsoft.com/azure/storage/common/storage-connect-azurite
  isReal: secret => !/^(?:Eby8vdM02xNOcqFlqUwJPLl|C2y6yDjf5\/R\+ob0N8A7Cgv30)/.test(secret),
  samples: {
    real: () => [
      `DefaultEndpointsProtocol=https;AccountName=a;AccountKey=${sampleText(86)}==`,
      `AZURE_STORAGE_KEY=${sampleText(76, undefined, 2)}+ASt${sampleText(6)}==`,
    ],
    not: () => ['AccountKey=short==', `AccountKey=Eby8vdM02xNOcqFlqUwJPLl${sampleText(63)}==`],
  },
} satisfies Detector
