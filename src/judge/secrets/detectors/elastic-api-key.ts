import { type Detector, sampleText } from '../detector.ts'

/** Base 64 of the id, a colon and the key. */
const key = (seed: number): string => btoa(`${sampleText(20, undefined, seed)}:${sampleText(22, undefined, seed + 1)}`)

export default {
  name: 'Elasticsearch API key',
  why: 'It reads, changes and deletes the indices that its role names.',
  revoke: 'Invalidate it: DELETE /_security/api_key.',
  link: 'https://www.elastic.co/docs/deploy-manage/api-keys/elasticsearch-api-keys',
  keywords: ['apikey ', 'elastic'],
  // What begins with VnVh is the sample of the documentation.
  pattern:
    /(?:apikey\s{1,4}|elastic[\w.-]{0,24}api[_.-]?key["']?\s{0,4}[=:]\s{0,4}["']?)(?<secret>[A-Za-z0-9+/]{58}==)(?![A-Za-z0-9+/=])/gi,
  prefix: /^$/,
  isReal: secret => /^[\w-]{20}:[\w-]{22}$/.test(atob(secret)) && !secret.startsWith('VnVhQ2ZHY0JDZGJr'),
  samples: {
    real: () => [`Authorization: ApiKey ${key(1)}`, `ELASTIC_API_KEY=${key(2)}`],
    not: () => [
      `ELASTIC_API_KEY=${sampleText(58)}==`,
      `Authorization: ApiKey ${'VnVhQ2ZHY0JDZGJrUW0tZTVhT3g6'}${'dWkybHAyYXhUTm1zeWFrdzl0dk5udw=='}`,
    ],
  },
} satisfies Detector
