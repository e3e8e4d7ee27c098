import { assigned, looksRandom, sampleUuid, uuid } from '../assigned.ts'
import type { Detector } from '../detector.ts'

export default {
  name: 'Splunk event collector token',
  why: 'It sends events into your index: it hides an attack under false ones.',
  revoke: 'Delete it under Settings → Data inputs → HTTP Event Collector.',
  link: 'https://help.splunk.com/en/splunk-enterprise/get-started/get-data-in/10.0/get-data-with-http-event-collector/set-up-and-use-http-event-collector-in-splunk-web',
  keywords: ['splunk', 'hec_token', 'hec-token'],
  pattern: assigned('(?:splunk(?:[_.-]?(?:hec[_.-]?)?token)?|(?<![A-Za-z0-9])hec[_.-]?token)', uuid),
  prefix: /^$/,
  isReal: looksRandom,
  samples: {
    real: () => [`SPLUNK_HEC_TOKEN=${sampleUuid(1)}`, `"splunk-hec-token": "${sampleUuid(2)}"`],
    not: () => [
      `SPLUNK_HEC_TOKEN=${sampleUuid(3).slice(1)}`,
      `SPLUNK_HEC_TOKEN=${'0'.repeat(4)}…your-key`,
      'SPLUNK_HEC_TOKEN=${SPLUNK_HEC_TOKEN}',
    ],
  },
} satisfies Detector
