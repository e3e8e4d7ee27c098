import { type Detector, sampleText } from '../detector.ts'

export default {
  name: 'Firebase Cloud Messaging server key',
  why: 'It sends push messages to every device that has the application.',
  revoke: 'Delete it under Project settings → Cloud Messaging in the Firebase console, and move to the HTTP v1 API.',
  link: 'https://firebase.google.com/docs/cloud-messaging/migrate-v1',
  keywords: [':apa91b'],
  pattern: /\bAAAA[A-Za-z0-9_-]{7}:APA91b[A-Za-z0-9_-]{134}(?![A-Za-z0-9_-])/g,
  prefix: /^AAAA/,
  samples: {
    real: () => [
      `AAAA${sampleText(7)}:APA91b${sampleText(134)}`,
      `key=AAAA${sampleText(7, undefined, 2)}:APA91b${sampleText(134)}`,
    ],
    not: () => [`${sampleText(11)}:APA91b${sampleText(134)}`, 'AAAAabcdefg:APA91bShort'],
  },
} satisfies Detector
