import { type Detector, sampleText } from '../detector.ts'

export default {
  name: 'OpenAI API key',
  why: 'It runs models on the bill of its project, and reads the files that the project stored.',
  revoke: 'Delete it at https://platform.openai.com/api-keys.',
  link: 'https://platform.openai.com/docs/api-reference/authentication',
  keywords: ['t3blbkfj'],
  // All of them carry the letters of "OpenAI" in base 64 in the middle.
  pattern: /\bsk-(?:(?:proj|svcacct|admin)-)?[A-Za-z0-9_-]{20,100}T3BlbkFJ[A-Za-z0-9_-]{20,100}/g,
  prefix: /^sk-(?:(?:proj|svcacct|admin)-)?/,
  samples: { real: () => [`sk-${sampleText(20)}T3BlbkFJ${sampleText(20, undefined, 2)}`], not: () => ['sk-your-key-here'] },
} satisfies Detector
