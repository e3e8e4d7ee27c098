import { type Detector, entropy, sampleText } from '../detector.ts'

export default {
  name: 'Password in a .netrc',
  why: 'curl, git and pip log in to the machine with it, and so does whoever reads the file.',
  revoke: 'Change the password or revoke the token on that machine.',
  link: 'https://www.gnu.org/software/inetutils/manual/html_node/The-_002enetrc-file.html',
  keywords: ['machine ', 'machine\t'],
  pattern: /\bmachine[ \t]{1,8}[\w.-]{1,100}\s{1,8}login\s{1,8}[^\s]{1,100}\s{1,8}password\s{1,8}(?<secret>[^\s"'\\$<{]{6,200})/g,
  prefix: /^$/,
  isReal: secret =>
    (/\d/.test(secret) || (secret.length >= 12 && !/pass|secret|token/i.test(secret))) &&
    entropy(secret) > 2.5 &&
    !/^(?:qwerty|my[_-]?(?:pass|secret))/i.test(secret),
  samples: {
    real: () => [
      `machine git.corp.io login ann password ${sampleText(16)}`,
      `machine api.corp.io\n  login ann\n  password ${sampleText(20, undefined, 2)}\n`,
      'machine api.corp.io\nlogin ann\npassword correct-horse-battery\n',
    ],
    not: () => [
      'machine example.com login daniel password qwerty',
      'machine host.com login user password mypassword',
      'machine host.com login a password my-secret-password',
    ],
  },
} satisfies Detector
