import type { Report } from '../../../model/rule.ts'
import { mend, removal } from '../../container-queries.ts'
import { containerRule } from '../../container-rule.ts'
import { isSafeSysctl, sysctlName } from '../../pod-security.ts'

/** Of a container alone: https://docs.docker.com/reference/cli/docker/container/run/#sysctl */
const isNamespaced = (name: string): boolean =>
  /^(?:net\.|fs\.mqueue\.)/.test(name) || /^kernel\.(?:msgmax|msgmnb|msgmni|sem|shmall|shmmax|shmmni|shm_rmid_forced)$/.test(name)

export default containerRule({
  on: 'container',
  severity: 'medium',
  since: '0.1.0',
  profile: 'default',
  summary: 'A kernel setting is changed that is not known to be safe',
  why: 'Some settings of the kernel belong to one container, others to the whole host. Those of the first kind may still weaken it: forwarding and redirects turn a container into a router, queues without a bound take the host’s memory. Kubernetes keeps a list of those that cannot hurt anybody else.',
  examples: [
    {
      bad: 'apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\nspec:\n  securityContext:\n    sysctls:\n      - name: kernel.msgmax\n        value: "65536"\n  containers:\n    - name: web\n      image: web:1\n',
      good: 'apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\nspec:\n  containers:\n    - name: web\n      image: web:1\n',
    },
    {
      bad: 'services:\n  web:\n    image: web:1\n    sysctls:\n      kernel.core_pattern: "|/bin/x"\n',
      good: 'services:\n  web:\n    image: web:1\n',
    },
    { bad: 'docker run --sysctl net.ipv4.ip_forward=1 web:1', good: 'docker run web:1' },
  ],
  replaces: ['KSV-0026', 'unsafe-sysctls'],
  links: [
    'https://kubernetes.io/docs/tasks/administer-cluster/sysctl-cluster/',
    'https://docs.docker.com/reference/cli/docker/container/run/#sysctl',
  ],
  fixes: 'safe',
  *check(container): Iterable<Report> {
    const isKubernetes = container.form === 'kubernetes'
    for (const sysctl of container.sysctls) {
      const { name, value } = sysctl.value
      const real = sysctlName(name)
      if (isSafeSysctl(isKubernetes ? name : real)) continue
      const isOwn = isNamespaced(real)
      const effect = effectOf(real, value.trim())
      // In Docker those of the network are the container's alone: what does not weaken it hurts nobody.
      if (!isKubernetes && real.startsWith('net.') && effect !== 'weakens') continue
      yield {
        at: sysctl.at ?? container.at,
        ...(isKubernetes
          ? effect === 'hardens'
            ? { severity: 'low' as const }
            : {}
          : isOwn
            ? { severity: effect === 'weakens' ? ('low' as const) : ('info' as const) }
            : {}),
        message: !isOwn
          ? `\`${name}\` is a setting of the whole host, not of the container`
          : isKubernetes
            ? `\`${name}\` is not among the settings that Kubernetes’ standards allow, so a cluster may refuse the pod`
            : effect === 'weakens'
              ? `\`${name}\` is \`${value}\`: the container passes on, or believes, what an ordinary one drops`
              : `\`${name}\` sets how much of the host’s memory the container’s queues may take`,
        ...mend(
          'safe',
          `Delete it, which brings back the kernel’s default of \`${real}\`; a program that needs more says so in its documentation`,
          ...removal(sysctl),
        ),
      }
    }
  },
})

/** What makes a container a router, or lets it be led astray: https://docs.kernel.org/networking/ip-sysctl.html */
const effectOf = (name: string, value: string): 'weakens' | 'hardens' | undefined => {
  const isOff = /^0+$/.test(value)
  if (/(?:^|[._])(?:forward|ip_forward|forwarding|mc_forwarding|\w+_redirects|accept_source_route|route_localnet)$/.test(name))
    return /secure_redirects$/.test(name) ? undefined : isOff ? 'hardens' : 'weakens'
  if (/\.(?:rp_filter|log_martians|icmp_echo_ignore_broadcasts|icmp_ignore_bogus_error_responses|tcp_rfc1337)$/.test(name))
    return !isOff ? 'hardens' : name.endsWith('rp_filter') ? 'weakens' : undefined
  return undefined
}
