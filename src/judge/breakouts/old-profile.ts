import { breakoutPath } from '../breakout-path.ts'
import { isOlder } from '../engine-versions.ts'

export default breakoutPath({
  code: 'E16',
  summary: 'The default seccomp profile of an old engine leaves calls open that were closed since',
  links: ['https://docs.docker.com/engine/release-notes/25.0/', 'https://docs.docker.com/engine/security/seccomp/'],
  *find({ container, host }) {
    if (container.seccomp.value !== 'default' || container.privileged.value || host.engine === undefined) return
    if (!isOlder(host.engine, '25.0.0')) return
    yield {
      title: 'io_uring is open, in which many bugs of the kernel were',
      severity: 'medium',
      chain: [{ text: `the engine is ${host.engine}, whose default profile allows io_uring` }],
      depends: ['the kernel has such a bug, and kernel.io_uring_disabled is 0'],
      gets: 'reaches a part of the kernel that the default profile of 25.0 and later closes',
      close: { title: 'Update the engine, or pass a profile that closes io_uring: `bulkhead profile` writes one', wishes: [] },
    }
  },
})
