import { type Detector, sampleText } from '../detector.ts'

export default {
  name: 'Azure Cache for Redis key',
  why: 'It reads and changes everything in the cache: sessions, queues, and what the application believes.',
  revoke: 'Regenerate it under Access keys: az redis regenerate-keys.',
  link: 'https://learn.microsoft.com/azure/azure-cache-for-redis/cache-configure#access-keys',
  keywords: ['azca'],
  pattern: /(?<![A-Za-z0-9+/])[A-Za-z0-9]{33}AzCa[A-P][A-Za-z0-9]{5}=(?![A-Za-z0-9+/=])/g,
  prefix: /^$/,
  samples: {
    real: () => [`${sampleText(33)}AzCaA${sampleText(5)}=`, `REDIS_KEY=${sampleText(33, undefined, 2)}AzCaP${sampleText(5)}=`],
    not: () => [`${sampleText(20)}AzCaA${sampleText(5)}=`, `${sampleText(33)}AzCaA${sampleText(5)}`],
  },
} satisfies Detector
