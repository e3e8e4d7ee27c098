import { type Detector, entropy, sampleText } from '../detector.ts'

export default {
  name: 'AWS secret access key',
  why: 'With its key id it acts as the account that made it: data, machines, and the bill.',
  revoke: 'Deactivate the key in IAM and make a new one.',
  link: 'https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_access-keys.html',
  keywords: ['aws_secret', 'aws-secret', 'awssecret', 'secret_access_key', 'secretaccesskey'],
  pattern:
    /(?:aws[_-]?secret[_-]?(?:access[_-]?)?key|secret[_-]?access[_-]?key)["']?\s{0,4}[=: ]\s{0,4}["']?(?<secret>[A-Za-z0-9/+]{40})(?![A-Za-z0-9/+=])/gi,
  prefix: /^$/,
  isReal: secret => entropy(secret) > 4 && !/EXAMPLE/i.test(secret),
  samples: {
    real: () => [`AWS_SECRET_ACCESS_KEY=${sampleText(40)}`],
    not: () => [`AWS_SECRET_ACCESS_KEY=${'wJalrXUtnFEMI/K7MDENG/bPxRfiCY'}EXAMPLEKEY`, `AWS_SECRET_ACCESS_KEY=${'a'.repeat(40)}`],
  },
} satisfies Detector
