import { assigned, looksRandom } from '../assigned.ts'
import { type Detector, hex, sampleText } from '../detector.ts'

export default {
  name: 'Hex.pm API key',
  why: 'It publishes packages in the name of its owner: everyone who builds with them runs what the finder wrote.',
  revoke: 'Revoke it at https://hex.pm/dashboard/keys, or: mix hex.user key revoke NAME.',
  link: 'https://hex.pm/docs/publish',
  keywords: ['hex_api_key', 'hexpm_api_key', 'hexpm_api_write_key'],
  pattern: assigned('hex(?:pm)?_api_(?:write_|read_)?key', '[0-9a-f]{32}'),
  prefix: /^$/,
  isReal: looksRandom,
  samples: {
    real: () => [`HEX_API_KEY=${sampleText(32, hex)}`, `HEXPM_API_KEY: ${sampleText(32, hex, 2)}`],
    not: () => ['HEX_API_KEY=${KEY}', `HEX_API_KEY=${sampleText(20, hex)}`],
  },
} satisfies Detector
