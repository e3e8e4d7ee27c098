/** What the finished file system of an image has that an attacker would look for. Plain data. */
import type { Location } from './finding.ts'

/** The first of many, by path; `count` is how many there are. */
export type Counted<Item> = { readonly count: number; readonly items: readonly Item[] }

export type CountedFile = {
  /** Absolute. */
  readonly path: string
  readonly at: Location
}
export type CountedMode = CountedFile & {
  /** Permission bits. */
  readonly mode: number
}
/** `capabilities`: in lower case, `cap_net_raw`; those of a number that has no name yet are `cap_63`. */
export type CapableFile = CountedFile & { readonly capabilities: readonly string[] }
/** `kind`: whose cache it is. `files` and `bytes` are those below it. */
export type CacheFolder = CountedFile & { readonly kind: string; readonly files: number; readonly bytes: number }

/**
 * What stands in the field of a password (https://man7.org/linux/man-pages/man5/shadow.5.html), and never the hash: `empty` opens the account to everybody,
 * with `locked` nobody gets in.
 */
export type PasswordState = 'empty' | 'locked' | 'set'
export type Account = {
  readonly name: string
  readonly uid: number
  readonly gid: number
  readonly password: PasswordState
  /** The file that says so of an empty password, in the lowest layer from which on it does. */
  readonly passwordAt?: Location
}
export type Group = { readonly name: string; readonly gid: number }

/** `machine`: as images call it (`amd64`), or `machine 247` with ELF's number. */
export type MachineCount = { readonly machine: string } & Counted<CountedFile>

/** What a container starts, once programs such as tini and gosu are taken off. */
export type Start = {
  /** As ENTRYPOINT or CMD has it. */
  readonly program: string
  /** Absolute, behind links; undefined when the image has no such file. */
  readonly path: string | undefined
  /** `other`: a script, or what is no ELF file. */
  readonly kind: 'elf' | 'other' | 'missing'
  readonly isShell: boolean
  /** Whom a program such as gosu or setpriv changes to before. */
  readonly stepsDownTo: string | undefined
}

export type Census = {
  readonly setuid: Counted<CountedMode>
  readonly setgid: Counted<CountedMode>
  readonly capable: Counted<CapableFile>
  readonly writableFiles: Counted<CountedMode>
  readonly writableFolders: Counted<CountedMode>
  readonly shells: Counted<CountedFile>
  readonly packageManagers: Counted<CountedFile>
  readonly compilers: Counted<CountedFile>
  readonly downloaders: Counted<CountedFile>
  /** Programs that change to another user and stay in the foreground. */
  readonly stepDowns: Counted<CountedFile>
  readonly caches: Counted<CacheFolder>
  readonly gitFolders: Counted<CountedFile>
  readonly hostKeys: Counted<CountedFile>
  readonly sshDaemons: Counted<CountedFile>
  /** Undefined where the image has no /etc/passwd, or none that can be read. */
  readonly accounts: Counted<Account> | undefined
  readonly groups: Counted<Group> | undefined
  readonly accountsAt: Location | undefined
  readonly groupsAt: Location | undefined
  /** ELF programs; shared libraries are none. */
  readonly programs: number
  readonly machines: readonly MachineCount[]
  readonly withoutPie: Counted<CountedFile>
  readonly withoutRelro: Counted<CountedFile>
  readonly withoutCanary: Counted<CountedFile>
  readonly start: Start | undefined
}
