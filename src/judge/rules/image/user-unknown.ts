import { advice, imageRule, inConfig } from '../../image-rule.ts'
import { effectiveUser, unknownGroup } from '../../image-user.ts'

export default imageRule({
  on: 'image',
  severity: 'medium',
  since: '0.1.0',
  profile: 'default',
  summary: 'The user of the image is a name that the image does not know',
  why: 'The runtime looks the name up in /etc/passwd of the image. Where it is not there, the container does not start, and the quick repair is to run it as root with --user 0. Kubernetes cannot tell either whether a name is root, and refuses it under runAsNonRoot.',
  examples: [
    {
      bad: '{ "config": { "user": "app" }, "census": { "accounts": ["root:0"] } }',
      good: '{ "config": { "user": "app" }, "census": { "accounts": ["root:0", "app:1000"] } }',
    },
    {
      bad: '{ "config": { "user": "1000:staff" }, "census": { "groups": ["root:0"] } }',
      good: '{ "config": { "user": "1000:1000" }, "census": { "groups": ["root:0"] } }',
    },
  ],
  links: ['https://docs.docker.com/reference/dockerfile/#user'],
  fixes: 'manual',
  *check(facts) {
    const user = effectiveUser(facts)
    const fix = advice('Create the account in the stage that ships, or give USER a number, which needs none: USER 65532:65532')
    if (user?.kind === 'unknown')
      yield {
        at: inConfig('user'),
        message: facts.census.accounts
          ? `the user is \`${user.name}\`, and /etc/passwd has no such account`
          : `the user is \`${user.name}\`, and the image has no /etc/passwd`,
        fix,
      }
    const group = unknownGroup(facts)
    if (group !== undefined)
      yield { at: inConfig('user'), message: `the group is \`${group}\`, and /etc/group has no such group`, fix }
  },
})
