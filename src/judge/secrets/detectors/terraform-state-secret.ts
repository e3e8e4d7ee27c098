import { type Detector, entropy, sampleText } from '../detector.ts'

export default {
  name: 'Secret in a Terraform state',
  why: 'The state holds all that Terraform made in clear: passwords of databases, keys, tokens. Whoever reads it has them.',
  revoke: 'Change the credential at its service, and move the state into a backend that encrypts it and asks who reads.',
  link: 'https://developer.hashicorp.com/terraform/language/manage-sensitive-data',
  keywords: ['password":', 'secret":', '_key":', 'token":', '_string":', '_pem":'],
  pattern:
    /"[a-z0-9_]{0,40}(?:password|secret|secret_key|access_key|private_key|private_key_pem|token|connection_string|secret_string)"\s{0,4}:\s{0,4}"(?<secret>[^"\s]{8,4000})"/g,
  prefix: /^$/,
  reach: { before: 64, after: 4096 },
  onlyIn: /\.tfstate(?:\.backup)?$/,
  isReal: secret => entropy(secret) > 2.5 && /[^A-Za-z_-]/.test(secret),
  samples: {
    real: () => [`"master_password": "${sampleText(16)}"`, `"client_secret":"${sampleText(40, undefined, 2)}"`],
    not: () => ['"password": null', '"password_version": "20240101"', '"master_password": "password"'],
  },
} satisfies Detector
