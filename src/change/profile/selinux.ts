/** SELinux options. https://docs.docker.com/reference/cli/docker/container/run/#security-opt */
import { safeSelinuxTypes } from '../../judge/pod-security.ts'
import type { ProfileSubject, Reasoned } from './subject.ts'

/** The type that the container's processes get; the categories that keep containers apart are the runtime's to draw. */
export const selinuxTypeFor = ({ container }: ProfileSubject): Reasoned<string> => {
  const { disabled = false, type } = container?.selinux.value ?? {}
  if (!disabled && type !== undefined && Object.hasOwn(safeSelinuxTypes, type))
    return { value: type, why: 'as the file has it; without SELinux on the host it counts for nothing' }
  return {
    value: 'container_t',
    why: `${disabled ? 'it was switched off. ' : ''}the type of confined containers; without SELinux on the host it counts for nothing. A folder of the host needs :z or :Z behind its mount`,
  }
}
