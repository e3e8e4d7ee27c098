import type { Severity } from '../../model/finding.ts'
import { breakoutPath } from '../breakout-path.ts'

type Power = {
  readonly needs: readonly string[]
  readonly title: string
  readonly severity: Severity
  readonly gets: string
  readonly depends: readonly string[]
}

const powers: readonly Power[] = [
  {
    needs: ['SYS_RAWIO'],
    title: 'SYS_RAWIO: the machine’s ports and memory are open',
    severity: 'critical',
    gets: 'programs devices past the kernel, and with them reads and writes the host’s memory',
    depends: ['the device files are there (/dev/mem, /dev/port), or iopl is enough'],
  },
  {
    needs: ['SYS_BOOT'],
    title: 'SYS_BOOT: another kernel can be started',
    severity: 'high',
    gets: 'loads a kernel of the attacker’s with kexec, or restarts the host',
    depends: ['kexec is not locked: kernel.kexec_load_disabled is 0, no lockdown'],
  },
  {
    needs: ['BPF', 'PERFMON'],
    title: 'BPF and PERFMON: programs in the kernel watch everything',
    severity: 'high',
    gets: 'reads the memory and the system calls of all processes of the host, passwords included',
    depends: [],
  },
  {
    needs: ['SYSLOG'],
    title: 'SYSLOG: the host’s kernel messages and addresses are open',
    severity: 'low',
    gets: 'knows what else runs, and the addresses that an exploit of the kernel needs',
    depends: [],
  },
  {
    needs: ['NET_ADMIN', 'NET_RAW'],
    title: 'NET_ADMIN on the host’s network: its firewall and routes can be changed',
    severity: 'high',
    gets: 'listens to all traffic of the host and turns it elsewhere',
    depends: [],
  },
  {
    needs: ['NET_RAW'],
    title: 'NET_RAW: packets in the names of its neighbours',
    severity: 'low',
    gets: 'poses as the gateway or the resolver for other containers of its network, and reads what they send',
    depends: ['other containers are on the same network, and it does not filter (ARP and DNS spoofing)'],
  },
]

export default breakoutPath({
  code: 'E15',
  summary: 'Single capabilities that lead out, or to the neighbours',
  links: ['https://man7.org/linux/man-pages/man7/capabilities.7.html'],
  *find(scene) {
    const { container, root } = scene
    if (container.privileged.value || !root) return
    for (const { needs, title, severity, gets, depends } of powers) {
      if (!needs.every(name => scene.has(name))) continue
      const onHost = container.network.value === 'host'
      if (needs[0] === 'NET_ADMIN' && !onHost) continue
      // On the host's network there are no neighbours to be fooled by ARP; without one there is nobody.
      if (needs[0] === 'NET_RAW' && (onHost || container.network.value === 'none')) continue
      yield {
        title,
        severity,
        chain: [...needs.map(name => scene.holds(name)), root.part],
        depends: [...root.depends, ...depends],
        gets,
        close: { title: `Take ${needs[0]} away`, wishes: scene.without(needs[0]!) },
      }
    }
  },
})
