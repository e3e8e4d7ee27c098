import type { Daemon } from '../model/daemon.ts'
import type { Location } from '../model/finding.ts'
import type { Report, Rule } from '../model/rule.ts'
import type { HostFacts } from './breakout-path.ts'

export type DaemonRule<Options = undefined> = Rule<Daemon, Options>

/** Gives a rule its types; returns it as it is. */
export const daemonRule = <Options = undefined>(rule: DaemonRule<Options>): DaemonRule<Options> => rule

/** The place of an option: where it stands, or would stand. */
export const optionAt = ({ options }: Daemon, name: string): Location => ({
  in: 'config',
  field: options?.get(name)?.from === 'flag' ? `dockerd --${name}` : `daemon.json ${name}`,
})

/** What the engine says of itself. */
export const answerAt = (field: string): Location => ({ in: 'config', field: `engine ${field}` })

export const optionOf = ({ options }: Daemon, name: string): unknown => options?.get(name)?.value

/** True when the configuration is known and does not have it. */
export const lacks = ({ options }: Daemon, name: string): boolean => options !== undefined && !options.has(name)

/** Advice to put this into daemon.json. The engine reads most options only when it starts. */
export const patch = (options: Readonly<Record<string, unknown>>, more = ''): Pick<Report, 'fix'> => {
  const text = JSON.stringify(options).replaceAll('":', '": ').replaceAll(',"', ', "')
  return {
    fix: {
      title: `Put ${text} into daemon.json (dockerd --validate checks it), and restart the engine${more === '' ? '' : `; ${more}`}`,
      safety: 'manual',
      edits: [],
    },
  }
}

export const advice = (title: string): Pick<Report, 'fix'> => ({ fix: { title, safety: 'manual', edits: [] } })

/** Rules on Docker's daemon have nothing to say of Podman, which has none. */
export const isDocker = ({ kind, os }: Daemon): boolean => kind === 'docker' && os === 'linux'

/** What the ways out of a container ask of the machine. */
export const hostFactsOf = ({ kind, cgroups, security, engine, containerd, runc, kernel }: Daemon): HostFacts => ({
  ...(cgroups === undefined ? {} : { cgroups }),
  ...(security
    ? {
        apparmor: security.apparmor,
        selinux: security.selinux,
        remapped: security.userNamespaces,
        rootless: security.rootless,
      }
    : {}),
  // Podman counts its versions in another way.
  ...(engine === undefined || kind === 'podman' ? {} : { engine }),
  ...(containerd === undefined ? {} : { containerd }),
  ...(runc === undefined ? {} : { runc }),
  ...(kernel === undefined ? {} : { kernel }),
})
