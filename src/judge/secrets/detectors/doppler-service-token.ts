import { type Detector, sampleText } from '../detector.ts'

export default {
  name: 'Doppler service token',
  why: 'It reads, and often changes, all secrets of a configuration; that of a service account those of several projects.',
  revoke: 'Revoke it under Access of the configuration, or under Service Accounts of the workplace.',
  link: 'https://docs.doppler.com/docs/service-tokens',
  keywords: ['dp.st.', 'dp.sa.', 'dp.said.'],
  pattern: /\bdp\.(?:st\.(?:[a-z0-9_-]{2,35}\.)?|sa\.|said\.)[A-Za-z0-9]{40,44}\b/g,
  prefix: /^dp\.(?:st|said|sa)\./,
  samples: {
    real: () => [`dp.st.prd.${sampleText(43)}`, `dp.sa.${sampleText(43, undefined, 2)}`],
    not: () => ['dp.st.dev.xxxx', `dp.st.dev.${sampleText(20)}`],
  },
} satisfies Detector
