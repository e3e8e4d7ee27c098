import { type Detector, sampleText } from '../detector.ts'

export default {
  name: 'Google API key',
  why: 'It uses paid APIs on the bill of its project, and reads what the project opened to it.',
  revoke: 'Delete or restrict it under APIs & Services → Credentials in the Google Cloud console.',
  link: 'https://cloud.google.com/docs/authentication/api-keys',
  keywords: ['aiza'],
  pattern: /\bAIza[A-Za-z0-9_-]{35}(?![A-Za-z0-9_-])/g,
  prefix: /^AIza/,
  samples: { real: () => [`AIza${sampleText(35)}`], not: () => ['AIzaShort'] },
} satisfies Detector
