import { advice, imageRule, inConfig } from '../../image-rule.ts'
import { effectiveUser, stepDownOf } from '../../image-user.ts'

export default imageRule({
  on: 'image',
  severity: 'high',
  since: '0.1.0',
  profile: 'default',
  summary: 'Containers of the image run as root',
  why: 'A container shares the kernel of its host. Whoever takes over a process that runs as root is root to that kernel too: one kernel or runtime bug, one mounted socket or folder, and the host is theirs. As an ordinary user the same attacker cannot even change the program they broke into.',
  examples: [
    { bad: '{ "config": { "user": "" } }', good: '{ "config": { "user": "65532" } }' },
    {
      bad: '{ "config": { "user": "app" }, "census": { "accounts": ["app:0"] } }',
      good: '{ "config": { "user": "app" }, "census": { "accounts": ["app:1000"] } }',
    },
    {
      bad: '{ "config": { "user": "0:1000" } }',
      good: '{ "config": { "user": "1000:0" } }',
    },
  ],
  replaces: ['CIS-DI-0001', 'CIS 4.1', 'check_4_1'],
  links: ['https://docs.docker.com/build/building/best-practices/#user'],
  fixes: 'manual',
  *check(facts) {
    const user = effectiveUser(facts)
    if (user?.kind !== 'root') return
    const at = inConfig('user')
    const evidence = stepDownOf(facts)
    yield evidence === undefined
      ? {
          at,
          message: `${user.why}, so the container runs as root`,
          fix: advice('End the Dockerfile with USER and a number, which needs no account: USER 65532:65532'),
        }
      : {
          at,
          severity: 'low',
          message: `${user.why}: the container starts as root, and only ${evidence} gives that up`,
          fix: advice('Start as the final user where the entry point allows it; `docker exec` then is not root either'),
        }
  },
})
