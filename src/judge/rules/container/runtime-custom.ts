import type { Report } from '../../../model/rule.ts'
import { advise, placeOf } from '../../container-queries.ts'
import { containerRule } from '../../container-rule.ts'

/** Those that put more between a container and its host, or do what everybody's does. */
const usual =
  /^(?:|runc|crun|youki|runsc|runsc-\w+|gvisor|kata(?:-[\w-]+)?|sysbox-runc|nvidia|io\.containerd\.(?:runc\.v[12]|runsc\.v1|kata(?:-[\w-]+)?\.v2)|hyperv)$/

export default containerRule({
  on: 'container',
  severity: 'medium',
  since: '0.1.0',
  profile: 'default',
  summary: 'A container is started by a runtime that is not known',
  why: 'The runtime is the program that builds the walls around a container: it runs as root on the host before anything else does. Another one may leave out seccomp or namespaces, and none of what a file says about privileges has to hold. Programs that wrap runc are also a place to hide.',
  examples: [
    {
      bad: 'services:\n  web:\n    image: web:1\n    runtime: myrunc\n',
      good: 'services:\n  web:\n    image: web:1\n    runtime: runsc\n',
      byHand: true,
    },
    { bad: 'docker run --runtime myrunc web:1', good: 'docker run web:1', byHand: true },
  ],
  links: ['https://docs.docker.com/engine/daemon/alternative-runtimes/'],
  fixes: 'manual',
  *check(container): Iterable<Report> {
    const { runtime, form } = container
    // In a cluster a runtime class is what its administrator made.
    if (form === 'kubernetes' || runtime.value === undefined || usual.test(runtime.value)) return
    yield {
      at: placeOf(runtime, container),
      message: `\`${runtime.value}\` starts the container: whether what is written here holds depends on it`,
      ...advise('Use the default runtime, or one that isolates more, such as runsc or kata'),
    }
  },
})
