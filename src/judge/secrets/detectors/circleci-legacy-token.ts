import { assigned, looksRandom } from '../assigned.ts'
import { type Detector, hex, sampleText } from '../detector.ts'

export default {
  name: 'CircleCI API token (older form)',
  why: 'It starts and changes pipelines in the name of its owner or project: code that runs with their secrets.',
  revoke: 'Delete it at https://app.circleci.com/settings/user/tokens, or under Project Settings → API Permissions.',
  link: 'https://circleci.com/docs/managing-api-tokens/',
  keywords: ['circle_token', 'circleci_token', 'circle-token', 'circleci_cli_token', 'circleci_api_token', 'circle_api_token'],
  // The token of a badge can show whether a build passed, and nothing else: https://circleci.com/docs/status-badges/
  pattern: assigned('(?<!\\.(?:svg|png)\\?[\\w=&-]{0,40})circle(?:ci)?[_-](?:cli_|api_)?token', '[0-9a-f]{40}'),
  prefix: /^$/,
  isReal: looksRandom,
  samples: {
    real: () => [
      `CIRCLE_TOKEN=${sampleText(40, hex)}`,
      `Circle-Token: ${sampleText(40, hex, 2)}`,
      `curl https://circleci.com/api/v1.1/me?circle-token=${sampleText(40, hex, 3)}`,
    ],
    not: () => [
      'CIRCLE_TOKEN=$TOKEN',
      `CIRCLE_SHA1=${sampleText(40, hex)}`,
      `![](https://circleci.com/gh/acme/app.svg?style=svg&circle-token=${sampleText(40, hex)})`,
    ],
  },
} satisfies Detector
