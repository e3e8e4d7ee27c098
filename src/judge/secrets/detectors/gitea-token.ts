import { assigned, looksRandom } from '../assigned.ts'
import { type Detector, hex, sampleText } from '../detector.ts'

export default {
  name: 'Gitea or Forgejo access token',
  why: 'It reads, and often writes, the repositories and packages of its owner on that server.',
  revoke: 'Delete it on the server under Settings → Applications.',
  link: 'https://docs.gitea.com/development/api-usage',
  keywords: ['gitea', 'forgejo', 'codeberg'],
  pattern: assigned('(?:gitea|forgejo|codeberg)[._-]?(?:api[._-]?|access[._-]?|server[._-]?)?(?:token|pat)', '[0-9a-f]{40}'),
  prefix: /^$/,
  isReal: looksRandom,
  samples: {
    real: () => [`GITEA_TOKEN=${sampleText(40, hex)}`, `forgejo_token: ${sampleText(40, hex, 2)}`],
    not: () => ['GITEA_TOKEN=your-token', `GITEA_COMMIT=${sampleText(40, hex)}`],
  },
} satisfies Detector
