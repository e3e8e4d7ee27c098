import { looksRandom } from '../assigned.ts'
import { type Detector, sampleText } from '../detector.ts'

export default {
  name: 'Password hash of a Unix account',
  why: 'Whoever has it tries passwords at home, millions in a second, with nobody to notice; the weak ones fall.',
  revoke: 'Change the password of that account: passwd.',
  link: 'https://man7.org/linux/man-pages/man5/shadow.5.html',
  keywords: ['$6$', '$y$', '$5$', '$gy$'],
  // Only the hash: scheme and salt in front of it say little.
  pattern:
    /(?<![\w.-])[a-z_][a-z0-9_.-]{0,31}:(?:\$6\$(?:rounds=\d{1,9}\$)?[./A-Za-z0-9]{1,16}|\$5\$(?:rounds=\d{1,9}\$)?[./A-Za-z0-9]{1,16}|\$g?y\$[./A-Za-z0-9]{1,16}\$[./A-Za-z0-9]{1,86})\$(?<secret>[./A-Za-z0-9]{43,86})(?=:\d{0,6}:)/g,
  prefix: /^$/,
  isReal: looksRandom,
  samples: {
    real: () => [
      `root:$6$${sampleText(16)}$${sampleText(86, undefined, 2)}:19000:0:99999:7:::`,
      `ann:$y$j9T$${sampleText(22, undefined, 3)}$${sampleText(43, undefined, 4)}:19700:0:99999:7:::`,
    ],
    not: () => ['root:*:19000:0:99999:7:::', `root:$6$${sampleText(16)}$short:19000:0:99999:7:::`],
  },
} satisfies Detector
