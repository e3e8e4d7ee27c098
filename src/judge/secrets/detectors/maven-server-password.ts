import { type Detector, entropy, isPlaceholder, sampleText } from '../detector.ts'

export default {
  name: 'Maven server password',
  why: 'It reads private artifacts, and usually replaces them: everyone who builds with those runs what the finder wrote.',
  revoke: 'Change the password of that user on the repository, and let settings.xml read it from the environment: ${env.NAME}.',
  link: 'https://maven.apache.org/settings.html#servers',
  keywords: ['<server>'],
  // Those in braces are encrypted.
  pattern: /<server>[^{}$]{0,300}?<password>(?<secret>[^<>{}$\s]{8,200})<\/password>/g,
  prefix: /^$/,
  isReal: secret =>
    entropy(secret) > 2.8 && /\d/.test(secret) && /[a-z]/i.test(secret) && !isPlaceholder(secret) && !/pass/i.test(secret),
  samples: {
    real: () => [
      `<server><id>a</id><username>ann</username><password>${sampleText(16)}</password></server>`,
      `<server>\n  <id>b</id>\n  <password>${sampleText(12, undefined, 2)}</password>\n</server>`,
    ],
    not: () => [
      '<server><id>a</id><password>repopwd</password></server>',
      `<server><id>a</id><password>{${sampleText(44)}=}</password></server>`,
      '<server><id>a</id><password>${env.TOKEN}</password></server>',
    ],
  },
} satisfies Detector
