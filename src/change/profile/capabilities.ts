/** What of root's power a container keeps. https://man7.org/linux/man-pages/man7/capabilities.7.html */
import { dockerCapabilities } from '../../judge/container-capabilities.ts'
import { capabilityName } from '../../model/container.ts'
import { type ProfileSubject, type ProfileTarget, programOf, type Reasoned, startsAsImageSays } from './subject.ts'
import type { UserChoice } from './user.ts'

export type CapabilityChoice = {
  /** Added to none; sorted by name, without `CAP_`. */
  readonly add: readonly Reasoned<string>[]
  readonly dropWhy: string
  readonly noNewPrivileges: Reasoned<boolean>
  /** The first port that needs no privilege; undefined: the runtime's default does. */
  readonly unprivilegedPort: Reasoned<number> | undefined
  /** What could not be granted, or was taken away, and what to look at. */
  readonly notes: readonly string[]
}

export const capabilitiesFor = (subject: ProfileSubject, user: UserChoice, target: ProfileTarget): CapabilityChoice => {
  const add = new Map<string, string>()
  const notes: string[] = []
  const { container, image } = subject
  const start = startsAsImageSays(subject) ? image?.census.start : undefined
  if (user.stepsDown) {
    const { by, isScript } = user.stepsDown
    add.set('SETGID', `\`${by}\` changes the groups`)
    add.set('SETUID', `\`${by}\` changes the user`)
    if (isScript) {
      add.set('CHOWN', 'the entry point gives folders to the user that it changes to')
      add.set('DAC_OVERRIDE', 'root without it may not look into folders that it gave away')
      add.set('FOWNER', 'and not change the mode of what it gave away')
    }
  }
  const ofFile = image?.census.capable.items.find(({ path }) => path === start?.path)?.capabilities ?? []
  const beyond = ofFile.map(capabilityName).filter(name => name !== 'NET_BIND_SERVICE')
  const isSetuid = image?.census.setuid.items.some(({ path }) => path === start?.path) === true
  for (const name of ofFile.map(capabilityName))
    if (target !== 'kubernetes' || name === 'NET_BIND_SERVICE')
      add.set(name, 'the program’s file has it: without it in the set the kernel refuses to start the file')
  if (target === 'kubernetes' && beyond.length > 0)
    notes.push(
      `the program’s file has ${beyond.join(', ')}, which the restricted standard forbids: it will not start before they are taken off (setcap -r)`,
    )
  if (isSetuid && target !== 'kubernetes')
    for (const [name, what] of [
      ['SETUID', 'user'],
      ['SETGID', 'group'],
    ] as const)
      add.set(name, `the program’s file has the setuid bit: it changes its ${what}`)
  for (const { value: name } of container?.capAdd ?? []) {
    if (add.has(name)) continue
    const isRoot = user.uid === 0
    if (isRoot && dockerCapabilities.includes(name)) add.set(name, 'the file adds it')
    else
      notes.push(
        isRoot || target === 'kubernetes'
          ? `\`${name}\` was added, and is not here: add it again only if the program fails without it`
          : `\`${name}\` was added, and is not here: a program that starts as somebody other than root gets nothing of it`,
      )
  }
  if (container?.privileged.value)
    notes.push('it was privileged; whatever it needed that for is not here: devices, mounts, settings of the kernel')
  const others = (image?.census.capable.items ?? []).filter(({ path }) => path !== start?.path).map(({ path }) => path)
  if (others.length > 0) notes.push(`these get nothing of the capabilities that their files have: ${shownPaths(others)}`)
  const needsGain = isSetuid || (beyond.length > 0 && target !== 'kubernetes')
  const setuid = (image?.census.setuid.items ?? []).map(({ path }) => path).filter(path => path !== start?.path)
  return {
    add: [...add].map(([value, why]) => ({ value, why })).sort((a, b) => (a.value < b.value ? -1 : 1)),
    dropWhy: user.uid === 0 ? 'only what is listed is left of root’s power' : 'who is not root needs none of root’s power',
    noNewPrivileges:
      needsGain && target !== 'kubernetes'
        ? { value: false, why: 'the program’s own file gains rights when it starts, which this would forbid' }
        : {
            value: true,
            why:
              setuid.length > 0
                ? `nothing gains rights by starting another program: these run as their caller: ${shownPaths(setuid)}`
                : 'nothing gains rights by starting another program',
          },
    unprivilegedPort: unprivilegedPort(subject, target),
    notes,
  }
}

const shownPaths = (paths: readonly string[]): string =>
  `${paths
    .slice(0, 4)
    .map(path => path.slice(0, 80).replace(/[^\x21-\x7e]/g, '?'))
    .join(', ')}${paths.length > 4 ? ` and ${paths.length - 4} more` : ''}`

/** Ports inside of the container that it listens on, as far as anybody says; sorted. */
export const listeningPorts = (
  subject: ProfileSubject,
): readonly { readonly port: number; readonly protocol: 'TCP' | 'UDP' }[] => {
  const found = new Map<string, { readonly port: number; readonly protocol: 'TCP' | 'UDP' }>()
  const note = (port: number, protocol: string): void => {
    const name = protocol.toLowerCase()
    if (port >= 1 && port <= 65_535 && (name === 'tcp' || name === 'udp'))
      found.set(`${port}/${name}`, { port, protocol: name === 'tcp' ? 'TCP' : 'UDP' })
  }
  for (const { containerPort, protocol, hostPort, lastHostPort } of subject.container?.ports ?? []) {
    const last = containerPort + Math.min(100, hostPort === undefined || lastHostPort === undefined ? 0 : lastHostPort - hostPort)
    for (let port = containerPort; port <= last; port++) note(port, protocol || 'tcp')
  }
  for (const text of (subject.image?.config?.exposedPorts ?? []).slice(0, 100)) {
    const [, port, protocol] = /^(\d{1,5})(?:\/(tcp|udp))?$/i.exec(text) ?? []
    if (port !== undefined) note(Number(port), protocol ?? 'tcp')
  }
  if (found.size === 0) for (const port of programOf(subject)?.ports ?? []) note(port, 'tcp')
  return [...found.values()].sort((a, b) => a.port - b.port || (a.protocol < b.protocol ? -1 : 1))
}

/** A setting of the network namespace instead of NET_BIND_SERVICE, which would be worth nothing to a user other than root. */
const unprivilegedPort = (subject: ProfileSubject, target: ProfileTarget): Reasoned<number> | undefined => {
  const low = listeningPorts(subject).find(({ port }) => port < 1024)
  const network = subject.container?.network.value ?? 'default'
  // Who shares a network changes nothing of it.
  if (!low || (target !== 'kubernetes' && /^(?:container|service):/.test(network))) return undefined
  return {
    value: low.port,
    why: `port ${low.port} without NET_BIND_SERVICE${
      target === 'kubernetes'
        ? '; the restricted standard allows this setting'
        : ': Docker Engine does so by itself since 20.10, Podman and others do not'
    }`,
  }
}
