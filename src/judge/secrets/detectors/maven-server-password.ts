import { type Detector, entropy, isPlaceholder, sampleText } from '../detector.ts'

export default {
  name: 'Maven server password',
  why: 'It reads private artifacts, and usually replaces them: everyone who builds with those runs what the finder wrote.',
  revoke: 'Change the password of that user on the repository, and let settings.xml read it from the environment: ${env.NAME}.',
  link: 'https://maven.apache.org/settings.html#servers',
  keywords: ['<server>'],
  // Those in braces are encrypted.
  pattern:
    /<server>(?:(?!<\/?server>|<password>)[\s\S]){0,400}<password>\s{0,20}(?<secret>[^<>{}\s]{6,200})\s{0,20}<\/password>/g,
  prefix: /^$/,
  isReal: secret =>
    entropy(secret) > 2.5 &&
    /[^A-Za-z]/.test(secret) &&
    !isPlaceholder(secret) &&
    !/^(?:my|repo|your)?[._-]?(?:pass|pwd)/i.test(secret),
  samples: {
    real: () => [
      `<server><id>a</id><username>ann</username><password>${sampleText(16)}</password></server>`,
      `<server>\n  <id>b</id>\n  <password>${sampleText(12, undefined, 2)}</password>\n</server>`,
      '<server><id>${x}</id><username>${u}</username><password>Sommer2024Passwort</password></server>',
    ],
    not: () => [
      '<server><id>a</id><password>repopwd</password></server>',
      `<server><id>a</id><password>{${sampleText(44)}=}</password></server>`,
      '<server><id>a</id><password>${env.TOKEN}</password></server>',
    ],
  },
} satisfies Detector
