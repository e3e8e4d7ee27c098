import { looksRandom } from '../assigned.ts'
import { type Detector, sampleText } from '../detector.ts'

export default {
  name: 'Token in a kubeconfig',
  why: 'It acts in the cluster as the user or service account that it belongs to.',
  revoke: 'Delete the service account token, or end the session at the identity provider of the cluster.',
  link: 'https://kubernetes.io/docs/reference/config-api/kubeconfig.v1/#AuthInfo',
  keywords: ['user:\n', 'user:\r'],
  // What is a JSON Web Token is reported as one.
  pattern: /\buser:\s{1,20}(?:as: [^\s]{1,80}\s{1,20})?token:[ \t]{1,4}["']?(?<secret>(?!eyJ)[A-Za-z0-9._~+/:-]{16,400}={0,2})/g,
  prefix: /^$/,
  isReal: looksRandom,
  samples: {
    real: () => [
      `users:\n- name: ann\n  user:\n    token: ${sampleText(40)}\n`,
      `  user:\n    token: "kubeconfig-u-abc:${sampleText(54, undefined, 2)}"\n`,
    ],
    not: () => ['users:\n- name: ann\n  user:\n    token: <your-token>\n', 'user:\n  token: short\n'],
  },
} satisfies Detector
