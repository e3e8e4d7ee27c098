import { type Detector, sampleText } from '../detector.ts'

export default {
  name: 'Azure Functions key',
  why: 'It calls the functions; a master key also changes them and reads the other keys.',
  revoke: 'Renew it under App keys or Function keys of the function app.',
  link: 'https://learn.microsoft.com/azure/azure-functions/function-keys-how-to',
  keywords: ['azfu'],
  pattern: /(?<![A-Za-z0-9_-])[A-Za-z0-9_-]{44}AzFu[A-Za-z0-9_-]{5}[AQgw](?:==|%3[Dd]%3[Dd])/g,
  prefix: /^$/,
  samples: {
    real: () => [`${sampleText(44)}AzFu${sampleText(5)}A==`, `?code=${sampleText(44, undefined, 2)}AzFu${sampleText(5)}Q==`],
    not: () => [`${sampleText(30)}AzFu${sampleText(5)}A==`, `${sampleText(44)}AzFu${sampleText(5)}B==`],
  },
} satisfies Detector
