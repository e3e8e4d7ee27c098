/** `security_opt`: https://docs.docker.com/reference/cli/docker/container/run/#security-opt. Both `label=disable` and the older `label:disable` are understood. */
import type { Container, Setting } from '../../model/container.ts'
import type { Location } from '../../model/finding.ts'
import { booleanIn } from './reading.ts'

type Security = Pick<Container, 'noNewPrivileges' | 'seccomp' | 'apparmor' | 'selinux' | 'systemPaths'>

/** Of an option that is there twice the last counts, but for labels, which add up. `refused` hears of those that the engine does not know. */
export const securityOf = (
  options: readonly Setting<string>[],
  refused: (option: string, at: Location | undefined) => void,
): Security => {
  let noNewPrivileges: Security['noNewPrivileges'] = { value: false }
  let seccomp: Security['seccomp'] = { value: 'default' }
  let apparmor: Security['apparmor'] = { value: 'default' }
  let selinux: Security['selinux'] = { value: { disabled: false } }
  let systemPaths: Security['systemPaths'] = { value: 'masked' }
  for (const { value: option, at } of options) {
    const place = at ? { at } : {}
    const parted = /^([^=:]*)[=:](.*)$/s.exec(option.trim())
    const name = (parted?.[1] ?? option).trim().toLowerCase()
    const value = parted?.[2]?.trim()
    switch (name) {
      case 'no-new-privileges':
        noNewPrivileges = { value: value === undefined || value === '' || (booleanIn(value) ?? value === '1'), ...place }
        break
      case 'seccomp':
        seccomp = confinement(value, place, ['builtin', 'default', 'runtime/default', 'docker/default'])
        break
      case 'apparmor':
        apparmor = confinement(value, place, ['docker-default', 'default', 'runtime/default'])
        break
      case 'systempaths':
        systemPaths = { value: value === 'unconfined' ? 'unmasked' : 'masked', ...place }
        break
      case 'unmask':
        systemPaths = { value: 'unmasked', ...place }
        break
      case 'disable':
      case 'label': {
        const [key = '', ...rest] = (name === 'disable' ? name : (value ?? '')).split(':')
        const label = rest.join(':')
        if (key === 'disable') selinux = { value: { ...selinux.value, disabled: true }, ...place }
        else if (key === 'type' || key === 'user' || key === 'role' || key === 'level')
          selinux = { value: { ...selinux.value, [key]: label }, ...place }
        else if (key !== 'nested' && key !== 'filetype') refused(option, at)
        break
      }
      case 'writable-cgroups':
      case 'mask':
      case 'proc-opts':
      case 'credentialspec':
        break
      default:
        refused(option, at)
    }
  }
  return { noNewPrivileges, seccomp, apparmor, selinux, systemPaths }
}

const confinement = (
  value: string | undefined,
  place: { readonly at?: Location },
  builtin: readonly string[],
): Security['seccomp'] => {
  if (value === 'unconfined') return { value: 'unconfined', ...place }
  if (value === undefined || value === '' || builtin.includes(value)) return { value: 'default', ...place }
  return { value: 'localhost', profile: value, ...place }
}
