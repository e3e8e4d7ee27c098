import { looksRandom } from '../assigned.ts'
import { type Detector, sampleText } from '../detector.ts'

export default {
  name: 'Laravel APP_KEY',
  why: 'It encrypts sessions and cookies: whoever has it is whom he likes, and in many versions runs his own code.',
  revoke: 'Run php artisan key:generate. All sessions end.',
  link: 'https://laravel.com/docs/encryption#configuration',
  keywords: ['app_key'],
  pattern: /\bAPP_KEY["']?\s{0,4}[:=]\s{0,4}["']?(?<secret>base64:[A-Za-z0-9+/]{43}=)(?![A-Za-z0-9+/=])/g,
  prefix: /^base64:/,
  isReal: looksRandom,
  samples: {
    real: () => [`APP_KEY=base64:${sampleText(43)}=`, `APP_KEY: "base64:${sampleText(43, undefined, 2)}="`],
    not: () => ['APP_KEY=', `APP_KEY=base64:${sampleText(20)}=`],
  },
} satisfies Detector
