import { breakoutPath } from '../breakout-path.ts'
import { runtimeFlaws } from '../engine-versions.ts'

export default breakoutPath({
  code: 'E17',
  summary: 'The runtime itself has a known way out',
  links: ['https://github.com/opencontainers/runc/security/advisories'],
  *find({ container, host }) {
    // Another runtime has flaws of its own.
    if (container.os !== 'linux' || !['runc', 'io.containerd.runc.v2', undefined].includes(container.runtime.value)) return
    for (const { program, version, flaw } of runtimeFlaws(host))
      yield {
        title: `${program} ${version} has ${flaw.id}`,
        severity: 'critical',
        chain: [{ text: `${program} is ${version}` }],
        depends: [flaw.when, 'whoever built it did not mend it without changing its number, as distributions do'],
        gets: flaw.gets,
        close: { title: `Update ${program} to ${flaw.fixed.join(' or ')}`, wishes: [] },
      }
  },
})
