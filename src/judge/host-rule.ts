import type { Host, HostFile } from '../model/daemon.ts'
import type { Location } from '../model/finding.ts'
import type { Rule } from '../model/rule.ts'

export type HostRule<Options = undefined> = Rule<Host, Options>

/** Gives a rule its types; returns it as it is. */
export const hostRule = <Options = undefined>(rule: HostRule<Options>): HostRule<Options> => rule

/** The file as a whole. */
export const wholeFile = (path: string): Location => ({ in: 'file', path, span: { start: 0, end: 0 } })

export const inHost = (field: string): Location => ({ in: 'config', field: `host ${field}` })

/** What the benchmark wants of a path: its owner, and the most that its mode may be. */
export type Wanted = { readonly mode: number; readonly group: 'root' | 'docker' }

/** Undefined for a path of which nothing is wanted. The first that fits counts. */
export const wantedOf = ({ path, type }: HostFile): Wanted | undefined => {
  const name = path.slice(path.lastIndexOf('/') + 1)
  if (type === 'socket') return { mode: 0o660, group: /containerd/.test(path) ? 'root' : 'docker' }
  if (/\/docker\.(?:service|socket)$/.test(path)) return { mode: 0o644, group: 'root' }
  if (/^\/etc\/docker\/certs\.d\/./.test(path) && type === 'file')
    return { mode: /\.key$/.test(name) ? 0o400 : 0o444, group: 'root' }
  if (/(?:^|-)key\.pem$|\.key$/.test(name)) return { mode: 0o400, group: 'root' }
  if (/\.pem$|\.crt$|\.cert$/.test(name)) return { mode: 0o444, group: 'root' }
  if (type === 'directory') return /^\/etc\/docker|^\/run\/containerd/.test(path) ? { mode: 0o755, group: 'root' } : undefined
  if (/^\/etc\//.test(path) || /\.(?:json|toml)$/.test(name)) return { mode: 0o644, group: 'root' }
  return undefined
}

export const octal = (mode: number): string => mode.toString(8).padStart(3, '0')
