import type { Mount, Setting } from '../../../model/container.ts'
import type { Report } from '../../../model/rule.ts'
import { isConfined, mend, placeOf, removal } from '../../container-queries.ts'
import { containerRule } from '../../container-rule.ts'
import { safeSelinuxTypes } from '../../pod-security.ts'

export default containerRule({
  on: 'container',
  severity: 'medium',
  since: '0.1.0',
  profile: 'default',
  summary: 'SELinux is switched off, or given another label',
  why: 'On Fedora, RHEL and their like SELinux keeps a container from every file that is not its own, even as root, and that has stopped several known ways out. `label=disable`, or a type such as spc_t, makes the container as free as a program of the host.',
  examples: [
    {
      bad: 'services:\n  web:\n    image: web:1\n    security_opt:\n      - label:disable\n',
      good: 'services:\n  web:\n    image: web:1\n',
    },
    {
      bad: 'apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\nspec:\n  containers:\n    - name: web\n      image: web:1\n      securityContext:\n        seLinuxOptions:\n          type: spc_t\n',
      good: 'apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\nspec:\n  containers:\n    - name: web\n      image: web:1\n',
    },
    {
      bad: 'docker run --security-opt label=type:spc_t web:1',
      good: 'docker run web:1',
    },
  ],
  replaces: ['CIS 5.3', 'check_5_3', 'KSV-0025', 'CL-0009'],
  links: ['https://kubernetes.io/docs/concepts/security/pod-security-standards/#baseline'],
  fixes: 'safe',
  *check(container): Iterable<Report> {
    const { selinux, mounts } = container
    if (!isConfined(container)) return
    const what = wrong(selinux.value)
    if (what === undefined) return
    yield {
      at: placeOf(selinux, container),
      message: what,
      // Its other labels stand there as well, and a folder of the host has none that a confined container may read.
      ...mend(
        Object.values(selinux.value).filter(Boolean).length > 1 || mounts.some(isUnlabelled) ? 'unsafe' : 'safe',
        'Delete it, which brings back the runtime’s own label where the host has SELinux; a mounted folder gets one with :z or :Z, or by `chcon`',
        ...removal(selinux),
      ),
    }
  },
})

const isUnlabelled = ({ type, volume, options }: Mount): boolean =>
  (type === 'bind' || volume === 'hostPath') && !options.some(option => option === 'z' || option === 'Z')

type Label = Setting<{ disabled: boolean; type?: string; user?: string; role?: string }>['value']

const wrong = ({ disabled, type, user, role }: Label): string | undefined => {
  if (disabled) return 'SELinux does not separate the container from the host'
  if (type !== undefined && type !== '' && !Object.hasOwn(safeSelinuxTypes, type))
    return `the SELinux type \`${type}\` is none of those that are made for containers`
  if (user !== undefined && user !== '') return `the SELinux user is set to \`${user}\``
  if (role !== undefined && role !== '') return `the SELinux role is set to \`${role}\``
  return undefined
}
