import { assigned, looksRandom } from '../assigned.ts'
import { type Detector, sampleText } from '../detector.ts'

export default {
  name: 'OVHcloud application secret or consumer key',
  why: 'Together they act in the account: machines, domains, and orders on its bill.',
  revoke: 'Delete the application with DELETE /me/api/application/{applicationId} at https://eu.api.ovh.com/console/.',
  link: 'https://help.ovhcloud.com/csm/en-api-getting-started-ovhcloud-api',
  keywords: ['ovh'],
  pattern: assigned('ovh[._-]?(?:application[._-]?secret|consumer[._-]?key|app[._-]?secret)', '[A-Za-z0-9]{32}'),
  prefix: /^$/,
  isReal: looksRandom,
  samples: {
    real: () => [`OVH_APPLICATION_SECRET=${sampleText(32)}`, `OVH_CONSUMER_KEY: '${sampleText(32, undefined, 2)}'`],
    not: () => ['OVH_CONSUMER_KEY=your_consumer_key', `OVH_APPLICATION_KEY=${sampleText(16)}`],
  },
} satisfies Detector
