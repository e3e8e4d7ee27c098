import { type Detector, sampleText } from '../detector.ts'

export default {
  name: 'Azure Container Registry password',
  why: 'It pulls every image of the registry, and usually replaces them: everyone who runs them runs what the finder wrote.',
  revoke: 'Renew it: az acr credential renew, or az acr token credential generate for a token.',
  link: 'https://learn.microsoft.com/azure/container-registry/container-registry-authentication',
  keywords: ['+acr'],
  pattern: /(?<![A-Za-z0-9+/])[A-Za-z0-9+/]{42}\+ACR[A-D][A-Za-z0-9+/]{5}(?![A-Za-z0-9+/=])/g,
  prefix: /^$/,
  samples: {
    real: () => [`${sampleText(42)}+ACRA${sampleText(5)}`, `ACR_PASSWORD=${sampleText(42, undefined, 2)}+ACRD${sampleText(5)}`],
    not: () => [`${sampleText(30)}+ACRA${sampleText(5)}`, `${sampleText(42)}+ACRX${sampleText(5)}`],
  },
} satisfies Detector
