import type { Severity } from '../../../model/finding.ts'
import type { Report } from '../../../model/rule.ts'
import { capabilityDangers, dockerCapabilities } from '../../container-capabilities.ts'
import { advise, isConfined, mend, removal } from '../../container-queries.ts'
import { containerRule } from '../../container-rule.ts'
import { restrictedCapabilities } from '../../pod-security.ts'

export default containerRule({
  on: 'container',
  severity: 'high',
  since: '0.1.0',
  profile: 'default',
  summary: 'A container has capabilities beyond the default set',
  why: 'A capability is a part of root’s power. With SYS_ADMIN one mounts the host’s disk, with SYS_MODULE one loads code into its kernel, DAC_READ_SEARCH alone reads any file of the host: one added name is the way out. SYS_ADMIN also opens system calls that seccomp closes for everybody else.',
  examples: [
    {
      bad: 'services:\n  vpn:\n    image: vpn:1\n    cap_add:\n      - CAP_SYS_ADMIN\n',
      good: 'services:\n  vpn:\n    image: vpn:1\n',
    },
    {
      bad: 'apiVersion: v1\nkind: Pod\nmetadata:\n  name: vpn\nspec:\n  containers:\n    - name: vpn\n      image: vpn:1\n      securityContext:\n        capabilities:\n          add: [NET_ADMIN]\n',
      good: 'apiVersion: v1\nkind: Pod\nmetadata:\n  name: vpn\nspec:\n  containers:\n    - name: vpn\n      image: vpn:1\n',
    },
    { bad: 'docker run --cap-add=all alpine:3.20', good: 'docker run alpine:3.20' },
  ],
  replaces: [
    'CIS 5.4',
    'check_5_4',
    'KSV-0005',
    'KSV-0022',
    'KSV-0119',
    'KSV-0120',
    'CKV_K8S_25',
    'CKV_K8S_39',
    'kubesec CapSysAdmin',
    'C-0046',
    'CL-0011',
    'CL-0024',
    'CL-0027',
    'CL-0028',
    'CL-0029',
    'CL-0030',
  ],
  links: [
    'https://man7.org/linux/man-pages/man7/capabilities.7.html',
    'https://docs.docker.com/engine/security/#linux-kernel-capabilities',
  ],
  fixes: 'unsafe',
  *check(container): Iterable<Report> {
    if (!isConfined(container)) return
    const isAll = container.capAdd.some(({ value }) => value === 'ALL')
    for (const added of container.capAdd) {
      const { value: name, at = container.at } = added
      if (isAll && name !== 'ALL') continue
      const wishes = removal(added)
      const danger = Object.hasOwn(capabilityDangers, name) ? capabilityDangers[name] : undefined
      if (
        danger &&
        !isHarmlessHere(
          name,
          container.capDrop.map(({ value }) => value),
          container.form,
        )
      ) {
        yield {
          at,
          severity: danger.severity,
          message: `\`${name}\` lets the container ${danger.gives}`,
          ...mend('unsafe', `Delete ${name}, and verify that the program still does its work`, ...wishes),
        }
        continue
      }
      if (dockerCapabilities.includes(name)) {
        // Dropping all and adding back what is needed is how it should be; only the strictest standard of Kubernetes wants less.
        if (container.form === 'kubernetes' && !restrictedCapabilities.has(name))
          yield {
            at,
            severity: 'info' satisfies Severity,
            message: `\`${name}\` is added; the restricted Pod Security Standard allows only NET_BIND_SERVICE`,
            // Who drops the rest and adds this one has said that it is needed.
            ...advise(`Let the program start as its own user, so that it no longer needs ${name}`),
          }
        continue
      }
      yield {
        at,
        severity: 'medium',
        message: `\`${name}\` is no capability that is known here`,
        ...mend('manual', 'Correct its name, or take it out'),
      }
    }
  },
})

/** NET_RAW is in Docker's own set: to add it back changes nothing that was not there. */
const isHarmlessHere = (name: string, dropped: readonly string[], form: string): boolean =>
  name === 'NET_RAW' && form !== 'kubernetes' && dropped.length === 0
