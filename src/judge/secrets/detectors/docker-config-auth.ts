import { type Detector, isPlaceholder, sampleText } from '../detector.ts'

export default {
  name: 'Registry login in a Docker configuration',
  why: 'Base 64 hides nothing: in it stand the name and the password or token for a registry. Whoever has them pulls private images, and often pushes.',
  revoke: 'Run docker logout, and revoke the token or change the password at the registry.',
  link: 'https://docs.docker.com/reference/cli/docker/login/#credential-stores',
  keywords: ['"auth":', '"auth" :'],
  pattern: /"auth"\s{0,4}:\s{0,4}"(?<secret>[A-Za-z0-9+/]{12,4000}={0,2})"/g,
  prefix: /^$/,
  reach: { before: 16, after: 4096 },
  isReal(secret) {
    try {
      const [, password] = /^[\x20-\x39\x3b-\x7e]{1,120}:([\x20-\x7e\n]{6,3000})$/.exec(atob(secret)) ?? []
      return password !== undefined && !isPlaceholder(password) && !/^(?:my|your)?-?pass/i.test(password)
    } catch {
      // Not base 64.
      return false
    }
  },
  samples: {
    real: () => [
      `{"auths":{"https://index.docker.io/v1/":{"auth":"${btoa(`ann:${sampleText(24)}`)}"}}}`,
      `"auth" : "${btoa(`robot$ci:${sampleText(32, undefined, 2)}`)}"`,
    ],
    not: () => [`{"auths":{"r":{"auth":"${btoa('user:password')}"}}}`, `{"auth":"${sampleText(24)}"}`],
  },
} satisfies Detector
