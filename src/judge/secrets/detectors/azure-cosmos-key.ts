import { type Detector, sampleText } from '../detector.ts'

export default {
  name: 'Azure Cosmos DB key',
  why: 'It reads, changes and deletes everything in the databases of the account.',
  revoke: 'Regenerate it under Keys: az cosmosdb keys regenerate.',
  link: 'https://learn.microsoft.com/azure/cosmos-db/how-to-rotate-keys',
  keywords: ['.documents.azure.com', 'acdb'],
  // Newer keys carry a signature that names the service.
  pattern:
    /\bAccountEndpoint=https:\/\/[a-z0-9-]{1,64}\.documents\.azure\.com(?::443)?\/?;AccountKey=(?<secret>[A-Za-z0-9+/]{86}==)|(?<![A-Za-z0-9+/])[A-Za-z0-9+/]{76}ACDb[A-Za-z0-9+/]{6}==/g,
  prefix: /^$/,
  // The emulator's, which is the same for everyone.
  isReal: secret => !secret.startsWith('C2y6yDjf5/R+ob0N8A7Cgv30'),
  samples: {
    real: () => [
      `AccountEndpoint=https://a.documents.azure.com:443/;AccountKey=${sampleText(86)}==`,
      `COSMOS_KEY=${sampleText(76, undefined, 2)}ACDb${sampleText(6)}==`,
    ],
    not: () => ['AccountEndpoint=https://a.documents.azure.com:443/;AccountKey=<key>', `${sampleText(60)}ACDb${sampleText(6)}==`],
  },
} satisfies Detector
