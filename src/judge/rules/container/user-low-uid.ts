import type { Report } from '../../../model/rule.ts'
import { advise, isLinux } from '../../container-queries.ts'
import { containerRule } from '../../container-rule.ts'

export default containerRule({
  on: 'container',
  severity: 'info',
  since: '0.1.0',
  profile: 'all',
  summary: 'A container’s uid may be somebody’s on the host',
  why: 'Without a user namespace uid 1000 in a container is uid 1000 on the host: most of the time the first person there. Whoever gets out, or shares a folder or the process namespace, has that person’s files. Numbers from 10000 on belong to nobody.',
  examples: [
    { bad: 'docker run -u 1000 web:1', good: 'docker run -u 10001 web:1', byHand: true },
    {
      bad: 'services:\n  web:\n    image: web:1\n    user: "33"\n',
      good: 'services:\n  web:\n    image: web:1\n    user: "10001"\n',
      byHand: true,
    },
  ],
  replaces: ['KSV-0020', 'KSV-0021', 'CKV_K8S_40'],
  fixes: 'manual',
  *check(container): Iterable<Report> {
    const { user, userNamespace } = container
    if (!isLinux(container) || userNamespace.value === 'private' || user.value === undefined) return
    const uid = /^\d+(?=:|$)/.exec(user.value)?.[0]
    if (uid === undefined || Number(uid) === 0 || Number(uid) >= 10_000) return
    yield {
      at: user.at ?? container.at,
      message: `uid ${uid} may belong to somebody on the host`,
      ...advise('Use a uid of 10000 or more, and give it the folders that it writes to'),
    }
  },
})
