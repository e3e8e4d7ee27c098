import { type Detector, sampleText } from '../detector.ts'

export default {
  name: 'Anthropic API key',
  why: 'It runs models on the bill of its organisation.',
  revoke: 'Delete it at https://console.anthropic.com/settings/keys.',
  link: 'https://docs.anthropic.com/en/api/getting-started',
  keywords: ['sk-ant-'],
  pattern: /\bsk-ant-(?:api|admin|sid|oat)\d{2}-[A-Za-z0-9_-]{80,120}/g,
  prefix: /^sk-ant-[a-z]+\d{2}-/,
  samples: { real: () => [`sk-ant-api03-${sampleText(93)}AA`], not: () => ['sk-ant-api03-xxx'] },
} satisfies Detector
