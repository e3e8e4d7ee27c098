/** Namespaces of the host or of other containers that a file gives to a container. */
import type { Container } from '../../model/container.ts'
import type { ProfileSubject, Reasoned } from './subject.ts'

export type NamespaceField = 'pid' | 'ipc' | 'uts' | 'network' | 'userNamespace' | 'cgroup'

/** Those that are not its own, each with why it should be. */
export const foreignNamespaces = ({ container }: ProfileSubject): readonly Reasoned<NamespaceField>[] =>
  container === undefined
    ? []
    : (Object.keys(reasons) as NamespaceField[])
        .filter(field => isForeign(container, field))
        .map(value => ({ value, why: `it was \`${container[value].value.slice(0, 80)}\`: ${reasons[value]}` }))

const reasons: Readonly<Record<NamespaceField, string>> = {
  pid: 'it saw the processes of others, and their memory and files below /proc',
  ipc: 'it shared memory with others',
  uts: 'it could rename the host',
  network: 'it reached what listens on the host’s loopback only, and took its ports. Publish the ports that it needs',
  userNamespace: 'its root was the host’s',
  cgroup: 'it saw the limits of others',
}

const isForeign = (container: Container, field: NamespaceField): boolean => {
  const { value } = container[field]
  return value === 'host' || /^(?:container|service):/.test(value)
}
