import { type Detector, sampleText } from '../detector.ts'

export default {
  name: 'Azure DevOps personal access token',
  why: 'It reads and changes repositories, pipelines and packages of the organisation, in the name of its owner.',
  revoke: 'Revoke it at https://dev.azure.com under User settings → Personal access tokens.',
  link: 'https://learn.microsoft.com/azure/devops/organizations/accounts/use-personal-access-tokens-to-authenticate',
  keywords: ['azdo'],
  pattern: /(?<![A-Za-z0-9+/])[A-Za-z0-9]{76}AZDO[A-Za-z0-9]{4}(?![A-Za-z0-9+/=])/g,
  prefix: /^$/,
  samples: {
    real: () => [
      `${sampleText(76)}AZDO${sampleText(4)}`,
      `AZURE_DEVOPS_EXT_PAT=${sampleText(76, undefined, 2)}AZDO${sampleText(4)}`,
    ],
    not: () => [`abcdefghijklmnopqrstuvwxyz${sampleText(50)}AZDO${sampleText(4)}`, `${sampleText(70)}AZDO${sampleText(4)}`],
  },
} satisfies Detector
