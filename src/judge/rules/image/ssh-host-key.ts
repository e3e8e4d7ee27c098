import { advice, counted, imageRule, listed, placesOf } from '../../image-rule.ts'

export default imageRule({
  on: 'image',
  severity: 'high',
  since: '0.1.0',
  profile: 'default',
  summary: 'The image has private keys of an SSH server',
  why: 'All containers of the image have the same host key, and so has everybody who can pull it: they pose as the server, and read and change the sessions of whoever logs in. Some packages make the keys when they are installed, so that they get into a layer unasked.',
  examples: [
    { bad: '{ "census": { "hostKeys": ["/etc/ssh/ssh_host_ed25519_key"] } }', good: '{ "census": { "hostKeys": [] } }' },
  ],
  links: ['https://man.openbsd.org/ssh-keygen#A'],
  fixes: 'manual',
  *check({ census: { hostKeys } }) {
    if (hostKeys.count === 0) return
    yield {
      ...placesOf(hostKeys),
      message: `everybody who has the image has ${counted(hostKeys.count, 'private key')} of its SSH server: ${listed(hostKeys)}`,
      fix: advice(
        'Delete them in the instruction that installs the server, and let each container make its own at the start: ssh-keygen -A',
      ),
    }
  },
})
