/** Which versions of engines and runtimes have known ways out. */
import type { HostFacts } from './breakout-path.ts'

export type Flaw = {
  readonly id: string
  /** The first version of each line that is mended. */
  readonly fixed: readonly string[]
  readonly when: string
  readonly gets: string
}

/** https://github.com/opencontainers/runc/security/advisories */
const runcFlaws: readonly Flaw[] = [
  {
    id: 'CVE-2019-5736',
    fixed: ['1.0.0-rc7'],
    when: 'root in a container that an attacker controls, and somebody starts or enters it',
    gets: 'replaces the runtime’s own program on the host',
  },
  {
    id: 'CVE-2024-21626',
    fixed: ['1.1.12'],
    when: 'an attacker chooses the working folder, or the image',
    gets: 'works in the host’s file system by way of a file that the runtime left open',
  },
  {
    id: 'CVE-2025-31133',
    fixed: ['1.2.8', '1.3.3'],
    when: 'an attacker starts containers, or races with their start',
    gets: 'has protected parts of /proc written to, and the host run any program',
  },
]

export const runtimeFlaws = ({
  runc,
}: HostFacts): readonly { readonly program: string; readonly version: string; readonly flaw: Flaw }[] =>
  runc === undefined
    ? []
    : runcFlaws.filter(({ fixed }) => isAffected(runc, fixed)).map(flaw => ({ program: 'runc', version: runc, flaw }))

/** https://github.com/containerd/containerd/security/advisories */
const containerdFlaws: readonly Flaw[] = [
  {
    id: 'CVE-2020-15257',
    fixed: ['1.3.9', '1.4.3'],
    when: 'a container with the network of the host runs as root',
    gets: 'commands the shim by its abstract socket: root on the host',
  },
  {
    id: 'CVE-2024-40635',
    fixed: ['1.6.38', '1.7.27', '2.0.4'],
    when: 'a container runs as a user whose number is above 2147483647',
    gets: 'is root in the container, where another user was asked for',
  },
]

/** https://github.com/moby/moby/security/advisories. Both concern only engines with plug-ins that decide what may be asked. */
const authorizationFlaws: readonly Flaw[] = [
  {
    id: 'CVE-2024-41110',
    fixed: ['19.03.16', '20.10.28', '23.0.15', '24.0.10', '25.0.6', '26.0.3', '26.1.5', '27.0.4', '27.1.1'],
    when: 'a plug-in decides what may be asked of the engine',
    gets: 'asks for anything past the plug-in, with a request without a body',
  },
  {
    id: 'CVE-2026-34040',
    fixed: ['29.3.1'],
    when: 'a plug-in decides what may be asked of the engine',
    gets: 'asks for anything past the plug-in, with a request that is very large',
  },
]

export type ProgramFlaw = { readonly program: string; readonly version: string; readonly flaw: Flaw }

/** Of everything that runs containers on a host. `authorizes`: plug-ins decide what may be asked of the engine. */
export const engineFlaws = (host: HostFacts, authorizes: boolean): readonly ProgramFlaw[] => {
  const of = (program: string, version: string | undefined, flaws: readonly Flaw[]): readonly ProgramFlaw[] =>
    version === undefined ? [] : flaws.filter(({ fixed }) => isAffected(version, fixed)).map(flaw => ({ program, version, flaw }))
  return [
    ...runtimeFlaws(host),
    ...of('containerd', host.containerd, containerdFlaws),
    ...(authorizes ? of('the engine', host.engine, authorizationFlaws) : []),
  ]
}

/** A version that a distributor made of another one: its flaws may be mended without another number. */
export const isRepackaged = (version: string): boolean => /[+~-](?:ds|dfsg|deb|\d*ubuntu|\d+\.|el\d|fc\d)/.test(version)

/** Older than the mended version of its own line, or than all of them. Distributors mend older versions without changing the number: their suffix says so. */
const isAffected = (version: string, fixed: readonly string[]): boolean => {
  const line = fixed.find(one => lineOf(one) === lineOf(version))
  return line === undefined ? fixed.every(one => isOlder(version, one)) : isOlder(version, line)
}

const lineOf = (version: string): string => version.replace(/^v/, '').split('.').slice(0, 2).join('.')

/** Numbers compared one by one; what follows a hyphen (`-rc1`) is older than without. */
export const isOlder = (version: string, other: string): boolean => {
  const parse = (text: string): readonly [readonly number[], string] => {
    const [numbers = '', ...rest] = text.replace(/^v/, '').split(/[-+~]/)
    return [numbers.split('.').map(part => Number.parseInt(part, 10) || 0), rest.join('-')]
  }
  const [a, before] = parse(version)
  const [b, beforeOther] = parse(other)
  for (let i = 0; i < Math.max(a.length, b.length); i++) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0)
    if (difference !== 0) return difference < 0
  }
  const early = (text: string): number =>
    /^(?:rc|beta|alpha)/.test(text) ? Number(/\d+/.exec(text)?.[0] ?? 0) : Number.POSITIVE_INFINITY
  return early(before) < early(beforeOther)
}
