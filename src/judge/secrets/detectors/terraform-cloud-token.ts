import { type Detector, sampleText } from '../detector.ts'

export default {
  name: 'HCP Terraform token',
  why: 'It reads the states of your workspaces, in which secrets stand in clear, and changes the infrastructure behind them.',
  revoke: 'Delete it at https://app.terraform.io/app/settings/tokens, or under API tokens of the team or organisation.',
  link: 'https://developer.hashicorp.com/terraform/cloud-docs/users-teams-organizations/api-tokens',
  keywords: ['.atlasv1.'],
  pattern: /\b[A-Za-z0-9]{14}\.atlasv1\.[A-Za-z0-9]{60,70}\b/g,
  prefix: /^$/,
  samples: {
    real: () => [
      `${sampleText(14)}.atlasv1.${sampleText(67)}`,
      `token = "${sampleText(14, undefined, 2)}.atlasv1.${sampleText(67, undefined, 3)}"`,
    ],
    not: () => ['xxxxxxxxxxxxxx.atlasv1.zzzzzzzzzzzzz', `${sampleText(14)}.atlasv1.${sampleText(20)}`],
  },
} satisfies Detector
