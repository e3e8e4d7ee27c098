import type { Reach } from '../../model/breakout.ts'
import type { Container } from '../../model/container.ts'
import type { Severity } from '../../model/finding.ts'
import { breakoutPath, type Part, partAt } from '../breakout-path.ts'

type Power = {
  readonly needs: readonly string[]
  readonly title: string
  readonly severity: Severity
  readonly gets: string
  readonly depends: readonly string[]
  readonly reaches?: Reach
  /** What else has to hold; nothing: it does not. */
  also?(container: Container): readonly Part[] | undefined
}

const onHostNetwork = ({ network }: Container): readonly Part[] | undefined =>
  network.value === 'host' ? [partAt('it is on the host’s network', network)] : undefined

const powers: readonly Power[] = [
  {
    needs: ['SYS_RAWIO'],
    title: 'SYS_RAWIO: the machine’s ports are open',
    severity: 'critical',
    gets: 'programs devices past the kernel (iopl), and with them reads and writes the host’s memory',
    depends: ['no lockdown: it forbids iopl and ioperm'],
  },
  {
    // The kernel takes SYS_ADMIN for BPF and PERFMON, and AppArmor's profile of Docker says nothing of them.
    needs: ['SYS_ADMIN'],
    title: 'SYS_ADMIN: programs in the kernel watch and change everything',
    severity: 'critical',
    gets: 'reads the memory and the system calls of all processes of the host, and writes into them by bpf_probe_write_user',
    depends: ['the kernel traces by BPF, and no lockdown forbids it'],
  },
  {
    needs: ['BPF', 'PERFMON'],
    title: 'BPF and PERFMON: programs in the kernel watch everything',
    severity: 'high',
    gets: 'reads the memory and the system calls of all processes of the host, passwords included',
    depends: ['no lockdown forbids it'],
  },
  {
    // In a process namespace of its own, kexec cannot be started (https://man7.org/linux/man-pages/man2/reboot.2.html).
    needs: ['SYS_BOOT'],
    title: 'SYS_BOOT: another kernel can be started',
    severity: 'critical',
    gets: 'loads a kernel of the attacker’s with kexec and starts it, or restarts the host',
    depends: ['kexec is not locked: kernel.kexec_load_disabled is 0, no lockdown'],
    also: ({ pid }) => (pid.value === 'host' ? [partAt('it is among the processes of the host', pid)] : undefined),
  },
  {
    needs: ['NET_ADMIN'],
    title: 'NET_ADMIN on the host’s network: its firewall and routes can be changed',
    severity: 'high',
    gets: 'opens the host’s firewall, and turns its traffic to wherever the attacker listens',
    depends: [],
    also: onHostNetwork,
  },
  {
    needs: ['NET_RAW'],
    title: 'NET_RAW on the host’s network: its traffic can be read',
    severity: 'medium',
    gets: 'listens to all that the host and its containers send and receive without TLS',
    depends: [],
    also: onHostNetwork,
  },
  {
    needs: ['SYSLOG'],
    title: 'SYSLOG: the host’s kernel messages and addresses are open',
    severity: 'low',
    gets: 'knows what else runs, and the addresses that an exploit of the kernel needs',
    depends: [],
  },
  {
    needs: ['NET_RAW'],
    title: 'NET_RAW: packets in the names of its neighbours',
    severity: 'low',
    gets: 'poses as the gateway or the resolver for other containers of its network, and reads what they send',
    depends: ['other containers are on the same network, and it does not filter (ARP and DNS spoofing)'],
    reaches: 'neighbours',
    // On the host's network there are no neighbours to be fooled by ARP; without one, or in another's, there is nobody.
    also: ({ network }) => (/^(?:host|none)$/.test(network.value) ? undefined : []),
  },
]

export default breakoutPath({
  code: 'E15',
  summary: 'Single capabilities that lead out, or to the neighbours',
  links: ['https://man7.org/linux/man-pages/man7/capabilities.7.html'],
  *find(scene) {
    const { container, root } = scene
    if (container.privileged.value || !root) return
    for (const { needs, title, severity, gets, depends, reaches, also } of powers) {
      if (!needs.every(name => scene.has(name))) continue
      const more = also ? also(container) : []
      if (!more) continue
      yield {
        title,
        severity,
        chain: [...needs.map(name => scene.holds(name)), ...more, root.part],
        depends: [...root.depends, ...depends],
        gets,
        ...(reaches ? { reaches } : {}),
        close: { title: `Take ${needs[0]} away`, wishes: scene.without(needs[0]!) },
      }
    }
  },
})
