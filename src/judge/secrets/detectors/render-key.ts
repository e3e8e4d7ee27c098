import { looksRandom } from '../assigned.ts'
import { type Detector, sampleText } from '../detector.ts'

export default {
  name: 'Render API key',
  why: 'It deploys and deletes services and databases of your workspaces, and reads their secrets.',
  revoke: 'Revoke it at https://dashboard.render.com/u/settings#api-keys.',
  link: 'https://render.com/docs/api#1-create-an-api-key',
  keywords: ['rnd_'],
  pattern: /\brnd_[A-Za-z0-9]{28,32}\b/g,
  prefix: /^rnd_/,
  isReal: secret => looksRandom(secret.slice(4)) && /[a-z]/.test(secret.slice(4)) && /[A-Z]/.test(secret.slice(4)),
  samples: {
    real: () => [`rnd_${sampleText(28)}`, `RENDER_API_KEY=rnd_${sampleText(28, undefined, 2)}`],
    not: () => ['rnd_seed_from_environment_or_time', `rnd_${'0'.repeat(28)}`],
  },
} satisfies Detector
