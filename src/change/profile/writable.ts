/** Where a container may write when its root file system is read-only. */
import { cleanPath, isPlainPath, type ProfileSubject, programOf, type Reasoned } from './subject.ts'
import type { UserChoice } from './user.ts'

export type ScratchFolder = Reasoned<string> & {
  /** MiB. */
  readonly size: number
  /**
   * Octal. Where the image has that folder, runc gives the mount the folder's own mode whatever was asked for, but not its owner: so the owner is always said.
   * https://github.com/opencontainers/runc/blob/main/libcontainer/rootfs_linux.go
   */
  readonly mode: '1777' | '0755'
  /** Undefined: root. */
  readonly owner: { readonly uid: number; readonly gid: number } | undefined
  readonly isExecutable: boolean
}

export type WritableChoice = {
  readonly scratch: readonly ScratchFolder[]
  /** Folders for what has to stay, which the file does not mount yet. */
  readonly volumes: readonly Reasoned<string>[]
  readonly notes: readonly string[]
}

const scratchSize = 64

export const writableFor = (subject: ProfileSubject, user: UserChoice): WritableChoice => {
  const { container, image } = subject
  const program = programOf(subject)
  const mounted = new Set((container?.mounts ?? []).map(({ target }) => cleanPath(target)))
  const notes: string[] = []
  const volumes = new Map<string, string>()
  const isFree = (path: string): boolean => !mounted.has(path) && !volumes.has(path)
  for (const raw of (image?.config?.volumes ?? []).slice(0, 100)) {
    const path = cleanPath(raw)
    if (!isPlainPath(path)) notes.push('the image declares a volume whose path has unusual characters; it is not listed here')
    else if (isFree(path)) volumes.set(path, 'the image declares it as a volume: what is written there is meant to stay')
  }
  // Where the image says which volumes it has, a place beside them is not needed.
  if (volumes.size === 0)
    for (const path of program?.data ?? [])
      if (isFree(path)) volumes.set(path, `${program!.name} keeps its data there: ${program!.source}`)

  const scratch = new Map<string, ScratchFolder>()
  const owner = user.uid === 0 ? undefined : { uid: user.uid, gid: user.gid }
  // s6-overlay starts what it writes there: https://github.com/just-containers/s6-overlay#read-only-root-filesystem
  const isInit = image?.census.start?.path === '/init' || image?.census.start?.program === '/init'
  const add = (path: string, why: string): void => {
    if (!isFree(path) || scratch.has(path)) return
    const isShared = path === '/tmp' || path === '/var/tmp' || path === '/run/lock' || owner === undefined
    scratch.set(path, {
      value: path,
      why,
      size: scratchSize,
      mode: isShared ? '1777' : '0755',
      owner,
      isExecutable: isInit && path === '/run',
    })
  }
  add('/tmp', 'temporary files of most programs and their libraries; gone with the container')
  add('/run', isInit ? 's6-overlay unpacks its programs there, and starts them' : 'sockets and files of process ids')
  for (const path of program?.scratch ?? []) add(path, `${program!.name} writes there: ${program!.source}`)
  if (!program)
    notes.push(
      'not known: which other folders it writes to. Start it with --read-only and look for “Read-only file system” in its log, or at `docker diff` of a container without it',
    )
  return {
    scratch: [...scratch.values()].sort((a, b) => (a.value < b.value ? -1 : 1)),
    volumes: [...volumes].map(([value, why]) => ({ value, why })).sort((a, b) => (a.value < b.value ? -1 : 1)),
    notes,
  }
}
