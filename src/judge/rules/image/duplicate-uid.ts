import { advice, imageRule } from '../../image-rule.ts'
import { duplicates } from '../../image-user.ts'

export default imageRule({
  on: 'image',
  severity: 'low',
  since: '0.1.0',
  profile: 'default',
  summary: 'Several accounts or groups share a number',
  why: 'The kernel knows numbers only: accounts with one uid are one user, and each reads, changes and stops what the other has. A second account with uid 0 is root under a harmless name, and a well-known way to leave a door open.',
  examples: [
    {
      bad: '{ "census": { "accounts": ["app:1000", "db:1000"] } }',
      good: '{ "census": { "accounts": ["app:1000", "db:1001"] } }',
    },
    {
      bad: '{ "census": { "accounts": ["root:0", "toor:0"] } }',
      good: '{ "census": { "accounts": ["root:0"] } }',
    },
    {
      bad: '{ "census": { "groups": ["app:1000", "db:1000"] } }',
      good: '{ "census": { "groups": ["app:1000", "db:1001"] } }',
    },
  ],
  replaces: ['DKL-LI-0002'],
  fixes: 'manual',
  *check({ census: { accounts, groups, accountsAt, groupsAt } }) {
    const fix = advice('Give each a number of its own: useradd and groupadd choose free ones unless --non-unique asks for others')
    for (const [uid, names] of accountsAt
      ? duplicates(
          accounts?.items ?? [],
          one => one.uid,
          one => one.name,
        )
      : [])
      yield {
        at: accountsAt!,
        ...(uid === 0 ? { severity: 'high' as const } : {}),
        message:
          uid === 0 ? `there is more than one root: ${names} have the uid 0` : `${names} are one user: all have the uid ${uid}`,
        fix,
      }
    for (const [gid, names] of groupsAt
      ? duplicates(
          groups?.items ?? [],
          one => one.gid,
          one => one.name,
        )
      : [])
      yield { at: groupsAt!, message: `${names} are one group: all have the gid ${gid}`, fix }
  },
})
