import { type Detector, entropy, sampleText } from '../detector.ts'

export default {
  name: 'Password in a .pypirc',
  why: 'It uploads packages to the index: everyone who installs those runs what the finder wrote.',
  revoke: 'Change the password of that user, and use a token instead.',
  link: 'https://packaging.python.org/en/latest/specifications/pypirc/',
  keywords: ['[pypi', '[testpypi', '[distutils', 'upload.pypi.org'],
  pattern:
    /\busername[ \t]{0,4}[:=][ \t]{0,4}[^\s]{1,80}\s{1,8}password[ \t]{0,4}[:=][ \t]{0,4}(?<secret>(?!pypi-)[^\s"'\\$<{]{6,200})/g,
  prefix: /^$/,
  isReal: secret => /\d/.test(secret) && !/pass/i.test(secret) && entropy(secret) > 2.5,
  samples: {
    real: () => [
      `[pypi]\nusername = ann\npassword = ${sampleText(16)}\n`,
      `[distutils]\nindex-servers = corp\n[corp]\nusername: ann\npassword: ${sampleText(20, undefined, 2)}\n`,
    ],
    not: () => ['[pypi]\nusername = <username>\npassword = <password>\n', '[pypi]\nusername = ann\npassword = yourpassword\n'],
  },
} satisfies Detector
