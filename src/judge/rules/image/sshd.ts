import { advice, imageRule, listed, placesOf } from '../../image-rule.ts'

export default imageRule({
  on: 'image',
  severity: 'medium',
  since: '0.1.0',
  profile: 'default',
  summary: 'The image has an SSH server',
  why: 'A login service inside a container is one more way in, with passwords or keys that everyone who has the image shares, and one more program to patch; it must start as root. `docker exec` and `kubectl exec` give the same without any of it.',
  examples: [{ bad: '{ "census": { "sshDaemons": ["/usr/sbin/sshd"] } }', good: '{ "census": { "sshDaemons": [] } }' }],
  replaces: ['CIS 5.7', 'check_5_7'],
  fixes: 'manual',
  *check({ census: { sshDaemons } }) {
    if (sshDaemons.count === 0) return
    yield {
      ...placesOf(sshDaemons),
      message: `there is an SSH server: ${listed(sshDaemons)}`,
      fix: advice('Leave it out (install openssh-client where only that is needed); use `docker exec` or `kubectl exec`'),
    }
  },
})
