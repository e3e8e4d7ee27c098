import { assigned, looksRandom } from '../assigned.ts'
import { type Detector, sampleText } from '../detector.ts'

const base32 = 'abcdefghijklmnopqrstuvwxyz234567'

export default {
  name: 'Azure DevOps personal access token (older form)',
  why: 'It reads and changes repositories, pipelines and packages of the organisation, in the name of its owner.',
  revoke: 'Revoke it at https://dev.azure.com under User settings → Personal access tokens.',
  link: 'https://learn.microsoft.com/azure/devops/organizations/accounts/use-personal-access-tokens-to-authenticate',
  keywords: ['azure_devops', 'azuredevops', 'azdo', 'vsts', 'vss_nuget', 'system_accesstoken'],
  pattern: assigned(
    'azure[_-]?devops(?:[_-]?ext)?[_-]?(?:pat|token)|azdo[_-]?(?:pat|token|personal[_-]access[_-]token)|vsts[_-]?(?:pat|token)|azdo_org_service_token|vss_nuget_accesstoken|system_accesstoken',
    '[a-z2-7]{52}',
  ),
  prefix: /^$/,
  isReal: looksRandom,
  samples: {
    real: () => [`AZURE_DEVOPS_EXT_PAT=${sampleText(52, base32)}`, `vsts_token: "${sampleText(52, base32, 2)}"`],
    not: () => [`AZURE_DEVOPS_EXT_PAT=${sampleText(40, base32)}`, sampleText(52, base32)],
  },
} satisfies Detector
