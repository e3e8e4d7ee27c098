import { advice, imageRule } from '../../image-rule.ts'
import { duplicates } from '../../image-user.ts'

export default imageRule({
  on: 'image',
  severity: 'low',
  since: '0.1.0',
  profile: 'default',
  summary: 'An account or a group stands in its file twice',
  why: 'Programs take the first line of a name, and tools that change accounts perhaps the other: a password that was locked is still open in the line that counts, or USER means another uid than the one that owns the files.',
  examples: [
    {
      bad: '{ "census": { "accounts": ["app:1000", "app:1001"] } }',
      good: '{ "census": { "accounts": ["app:1000"] } }',
    },
    {
      bad: '{ "census": { "groups": ["app:1000", "app:1001"] } }',
      good: '{ "census": { "groups": ["app:1000"] } }',
    },
  ],
  replaces: ['DKL-LI-0002'],
  fixes: 'manual',
  *check({ census: { accounts, groups, accountsAt, groupsAt } }) {
    const fix = advice('Keep one line of each name')
    for (const [name, uids] of accountsAt
      ? duplicates(
          accounts?.items ?? [],
          one => one.name,
          one => one.uid,
        )
      : [])
      yield {
        at: accountsAt!,
        message: `the account \`${name}\` stands in /etc/passwd more than once: with the uids ${uids}`,
        fix,
      }
    for (const [name, gids] of groupsAt
      ? duplicates(
          groups?.items ?? [],
          one => one.name,
          one => one.gid,
        )
      : [])
      yield { at: groupsAt!, message: `the group \`${name}\` stands in /etc/group more than once: with the gids ${gids}`, fix }
  },
})
