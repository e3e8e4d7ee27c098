import { type Detector, isPlaceholder, sampleText } from '../detector.ts'

const decode = (text: string): string | undefined => {
  try {
    return atob(text)
  } catch {
    // Not base 64.
    return undefined
  }
}

export default {
  name: 'Password of an npm registry',
  why: 'It installs private packages, and usually publishes: everyone who installs those runs what the finder wrote.',
  revoke: 'Change the password of that user on the registry that the line names, and use a token with fewer rights.',
  link: 'https://docs.npmjs.com/cli/configuring-npm/npmrc#auth-related-configuration',
  keywords: [':_auth', ':_password', '_auth=', '_auth ='],
  // The name and the password, or the password, in base 64.
  pattern: /(?:^|[\s:"'])_(?:auth|password)\s{0,4}=\s{0,4}["']?(?<secret>[A-Za-z0-9+/]{12,400}={0,2})(?![A-Za-z0-9+/=])/gm,
  prefix: /^$/,
  isReal(secret) {
    const text = decode(secret)
    // `user:password`; a password alone is printable too.
    return text !== undefined && /^[\x20-\x7e]{8,}$/.test(text) && !isPlaceholder(text.slice(text.indexOf(':') + 1))
  },
  samples: {
    real: () => [
      `//nexus.a.org/:_auth=${btoa(`ann:${sampleText(12)}`)}`,
      `//nexus.a.org/:_password=${btoa(sampleText(16, undefined, 2))}`,
    ],
    not: () => [
      '//nexus.a.org/:_auth=${AUTH}',
      `//nexus.a.org/:_auth=${btoa('username:password')}`,
      '_auth = req.headers.authorization',
    ],
  },
} satisfies Detector
