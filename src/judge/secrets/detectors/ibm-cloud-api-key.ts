import { assigned, looksRandom } from '../assigned.ts'
import { type Detector, sampleText } from '../detector.ts'

export default {
  name: 'IBM Cloud API key',
  why: 'It acts as the person or service that made it: data, clusters, and the bill of the account.',
  revoke: 'Delete it at https://cloud.ibm.com/iam/apikeys, or: ibmcloud iam api-key-delete NAME.',
  link: 'https://cloud.ibm.com/docs/account?topic=account-userapikey',
  keywords: ['ibmcloud', 'ibm_cloud', 'ic_api_key', 'bluemix'],
  pattern: assigned('(?:ibm[._-]?cloud|ibm_cloud|\\bic|bluemix|bx)_(?:iam_)?api[._-]?key', '[A-Za-z0-9_-]{44}'),
  prefix: /^$/,
  isReal: looksRandom,
  samples: {
    real: () => [`IBMCLOUD_API_KEY=${sampleText(44)}`, `export IC_API_KEY="${sampleText(44, undefined, 2)}"`],
    not: () => ['IBMCLOUD_API_KEY=<your-api-key>', `IBMCLOUD_API_KEY=${sampleText(30)}`],
  },
} satisfies Detector
