import { looksRandom } from '../assigned.ts'
import { type Detector, sampleText } from '../detector.ts'

export default {
  name: 'Password in settings of Django',
  why: 'It logs in to the database that the settings beside it name.',
  revoke: 'Change the password of that user in the database, and read the new one from the environment.',
  link: 'https://docs.djangoproject.com/en/stable/ref/settings/#password',
  keywords: ["'password':", '"password":', "'password' :", '"password" :'],
  pattern: /["']PASSWORD["'][ ]{0,2}:[ ]{0,4}["'](?<secret>[^"'\r\n\s<>${}%]{8,128})["']/g,
  prefix: /^$/,
  onlyIn: /^(?!.*\/(?:site-packages|dist-packages|tests?)\/)(?:.*\/)?(?:[^/]{0,60}settings[^/]{0,60}|settings\/[^/]{1,60})\.py$/,
  isReal: secret => looksRandom(secret) && !/pass|secret|your|django/i.test(secret),
  samples: {
    real: () => [`DATABASES={'default':{'PASSWORD':'${sampleText(12)}'}}`, `  'PASSWORD': "${sampleText(16, undefined, 2)}",`],
    not: () => ["'PASSWORD': os.environ['DB_PASSWORD']", "'PASSWORD': 'mypassword1'"],
  },
} satisfies Detector
