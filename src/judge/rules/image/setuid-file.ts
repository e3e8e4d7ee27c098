import { ownedBySystem } from '../../image-packages.ts'
import { advice, imageRule, listed, placesOf } from '../../image-rule.ts'

export default imageRule({
  on: 'image',
  severity: 'medium',
  since: '0.1.0',
  profile: 'default',
  summary: 'Programs run as their owner or group, whoever starts them',
  why: 'A program with the setuid bit runs as its owner, mostly root, whoever starts it; with setgid it has its group. A bug in it, or a shell that it can be talked into, makes an attacker who is an ordinary user in the container root again: USER has then protected nothing.',
  examples: [
    { bad: '{ "census": { "setuid": ["/usr/local/bin/helper"] } }', good: '{ "census": { "setuid": [] } }' },
    { bad: '{ "census": { "setgid": ["/usr/bin/chage"] } }', good: '{ "census": { "setgid": [] } }' },
  ],
  replaces: ['CIS-DI-0008', 'CIS 4.8', 'check_4_8'],
  links: ['https://docs.kernel.org/userspace-api/no_new_privs.html'],
  fixes: 'manual',
  *check(facts) {
    const fix = advice(
      'Take the bits away in the last layer that adds programs: RUN find / -xdev -perm /6000 -type f -exec chmod a-s {} +; and run with --security-opt no-new-privileges',
    )
    for (const [files, as] of [
      [facts.census.setuid, 'owner'],
      [facts.census.setgid, 'group'],
    ] as const) {
      if (files.count === 0) continue
      const isUsual = files.items.every(({ path }) => ownedBySystem(facts, path))
      yield {
        ...placesOf(files),
        // What distributions bring has been looked at by many.
        ...(isUsual || as === 'group' ? { severity: 'low' as const } : {}),
        message: `${files.count === 1 ? `a program runs as its ${as}` : `${files.count} programs run as their ${as}`}, whoever starts them: ${listed(files)}`,
        fix,
      }
    }
  },
})
