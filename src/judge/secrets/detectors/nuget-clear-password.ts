import { type Detector, entropy, sampleText } from '../detector.ts'

export default {
  name: 'Password of a NuGet feed',
  why: 'It downloads private packages, and often publishes: everyone who restores those runs what the finder wrote.',
  revoke: 'Change the password or delete the token at the feed, and pass the new one by a mounted secret.',
  link: 'https://learn.microsoft.com/nuget/reference/nuget-config-file#packagesourcecredentials',
  keywords: ['cleartextpassword'],
  pattern: /\bClearTextPassword["']\s{1,8}value\s{0,4}=\s{0,4}["'](?<secret>[^"'\r\n<>%${}]{6,400})["']/gi,
  prefix: /^$/,
  isReal: secret => entropy(secret) > 2.5 && /\d/.test(secret) && !/pass|^your|token/i.test(secret),
  samples: {
    real: () => [
      `<add key="ClearTextPassword" value="${sampleText(14)}" />`,
      `<add key='ClearTextPassword' value='${sampleText(52, undefined, 2)}' />`,
    ],
    not: () => ['<add key="ClearTextPassword" value="%NUGET_TOKEN%" />', '<add key="ClearTextPassword" value="password1" />'],
  },
} satisfies Detector
