import type { Wish } from '../../model/container.ts'
import { breakoutPath, partAt, removed, type Way } from '../breakout-path.ts'

/** Which calls the default profile closes: https://docs.docker.com/engine/security/seccomp/ */
const calls = 'user namespaces and mounts in them, perf_event_open, keyctl, userfaultfd, bpf'

export default breakoutPath({
  code: 'E14',
  summary: 'Without the default seccomp profile an ordinary user reaches the parts of the kernel in which most bugs are',
  links: ['https://docs.docker.com/engine/security/seccomp/', 'https://kubernetes.io/docs/tutorials/security/seccomp/'],
  *find({ container, root }): Iterable<Way> {
    if (container.os !== 'linux') return
    const { seccomp } = container
    const way = (part: Way['chain'][number], depends: readonly string[], close: Way['close']): Way => ({
      title: 'The kernel’s most attacked calls are open, without root and without capabilities',
      severity: seccomp.value === 'unset' && !container.privileged.value ? 'low' : 'medium',
      chain: [part],
      depends: ['the kernel has a bug that these calls lead to', ...depends],
      gets: `reaches ${calls}: with one unpatched bug there, the kernel, and so the host`,
      close,
    })
    if (container.privileged.value) {
      // For root there are shorter ways.
      if (!root)
        yield way(partAt('it is privileged, which turns seccomp off', container.privileged), [], {
          title: 'Delete privileged',
          wishes: removed(container.privileged),
        })
      return
    }
    if (seccomp.value === 'unconfined')
      yield way(partAt('seccomp is unconfined', seccomp), [], { title: 'Use the default profile', wishes: removed(seccomp) })
    if (seccomp.value === 'unset')
      yield way({ text: 'no seccomp profile is set' }, ['the kubelet does not set one by itself (seccompDefault)'], {
        title: 'Set the profile RuntimeDefault',
        wishes: [{ do: 'set', field: 'seccomp', value: 'default' } satisfies Wish],
      })
    // The profiles of Docker, containerd and CRI-O open calls by what the configuration adds, also for a user who then has no capability at all.
    const added = container.capAdd.find(({ value }) => value === 'SYS_ADMIN' || value === 'ALL')
    if (added && seccomp.value === 'default')
      yield way(partAt(`adding \`${added.value}\` opens them in the default profile, for every user`, added), [], {
        title: `Take ${added.value} away`,
        wishes: removed(added),
      })
  },
})
