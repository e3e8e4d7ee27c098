import { type Detector, entropy, sampleText } from '../detector.ts'

export default {
  name: 'Password of a Redis server',
  why: 'It reads and changes everything that the server holds, and a server’s commands write files.',
  revoke: 'Set another with CONFIG SET requirepass or ACL SETUSER, and in all clients.',
  link: 'https://redis.io/docs/latest/operate/oss_and_stack/management/security/#authentication',
  keywords: ['requirepass', 'masterauth'],
  pattern: /(?:^|[\r\n \t])(?:--)?(?:requirepass|masterauth)[ \t]{1,8}["']?(?<secret>[^\s"'<>${}%#]{6,400})/g,
  prefix: /^$/,
  isReal: secret => entropy(secret) > 2.5 && /\d/.test(secret) && !/pass|^your|redis/i.test(secret),
  samples: {
    real: () => [`\nrequirepass ${sampleText(12)}\n`, `\nmasterauth "${sampleText(20, undefined, 2)}"\n`],
    not: () => ['\nrequirepass foobared\n', '\nrequirepass <password>\n', '\nrequirepass ${REDIS_PASSWORD1}\n'],
  },
} satisfies Detector
