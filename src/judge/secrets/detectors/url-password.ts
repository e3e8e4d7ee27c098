import { looksRandom } from '../assigned.ts'
import { type Detector, sampleText } from '../detector.ts'

export default {
  name: 'Password in a web address',
  why: 'Whoever reads the address logs in to the server behind it.',
  revoke: 'Change the password of that account, and pass the new one by a secret.',
  link: 'https://www.rfc-editor.org/rfc/rfc3986#section-3.2.1',
  keywords: ['http://', 'https://', 'sftp://', 'ssh://', 'socks5://'],
  pattern:
    /\b(?:https?|sftp|ssh|socks5h?):\/\/[^\s:@/?#'"`$<>{}()[\]\\|*]{1,64}:(?<secret>[^\s:@/?#'"`$<>{}()[\]\\|,;&*]{8,128})@(?!(?:[\w-]{1,40}\.){0,3}(?:example|localhost|test|invalid|local|foo|bar|host|hostname|domain|server|proxy|site|website|company)\b)[A-Za-z0-9-]{1,63}[.:/]/g,
  prefix: /^$/,
  isReal: secret => looksRandom(secret.replace(/%[0-9a-f]{2}/gi, '')) && !/pass|pwd|secret|token|user|foo|bar/i.test(secret),
  samples: {
    real: () => [
      `https://ann:${sampleText(16)}@git.corp.io/app.git`,
      `http://ann:${sampleText(12, undefined, 2)}@10.0.0.1:8080/`,
    ],
    not: () => [
      'https://user:password1@host.com/',
      `https://ann:${sampleText(16)}@example.com/`,
      'https://ann:${PASSWORD}@git.corp.io/',
    ],
  },
} satisfies Detector
