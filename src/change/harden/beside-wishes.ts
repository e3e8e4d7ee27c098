/** What a Compose service or a Kubernetes container that runs the hardened image should say, and does not. */
import { basename } from 'node:path'
import { isRootUser } from '../../judge/container-queries.ts'
import { knownProgram } from '../../judge/known-programs.ts'
import type { Container, Wish } from '../../model/container.ts'
import { type ProposedRun, tmpfsText } from '../../model/hardening.ts'
import type { Stage } from '../../read/dockerfile/graph.ts'
import { familyOf } from './family.ts'
import { finalUser } from './final-user.ts'
import { proposedRun } from './proposed-run.ts'
import { startedPrograms, startOf } from './start.ts'
import type { HardenSubject } from './transformation.ts'

export type BesideWishes = { readonly wishes: readonly Wish[]; readonly check: readonly string[]; readonly run: ProposedRun }

export const wishesFor = (subject: HardenSubject, container: Container): BesideWishes => {
  const stage = subject.dockerfile.final
  const run = proposedRun(subject)
  const wishes: Wish[] = []
  const check: string[] = []
  if (!stage) return { wishes, check, run }
  const isPod = container.form === 'kubernetes'
  const user = finalUser(stage)
  const isOther = user.kind === 'ids' || user.kind === 'name' || user.kind === 'base'
  const own = container.user.value
  const isOwn = own !== undefined && own !== '' && !isRootUser(own)
  if (isOther && run.user !== undefined && !isOwn && !(own === undefined && container.user.at))
    wishes.push({ do: 'set', field: 'user', value: isPod ? run.user.split(':')[0]! : run.user })
  if (isPod && isOther && (run.user !== undefined || isOwn) && !container.runAsNonRoot.value)
    wishes.push({ do: 'set', field: 'runAsNonRoot', value: true })
  // By itself: what is added beside it may touch its line.
  if (container.privileged.value && dropsPrivileged(subject, stage, container, check))
    return { wishes: [{ do: 'set', field: 'privileged', value: false }], check, run }
  if (run.noNewPrivileges && !container.noNewPrivileges.value && !container.privileged.value)
    wishes.push({ do: 'set', field: 'noNewPrivileges', value: true })
  // Root without any capability is somebody else: only where it is known what it needs.
  if (run.capDrop.length === 0) check.push('It was seen to need capabilities: drop them one by one')
  else if (isOther || isOwn || run.capAdd.length > 0) {
    if (!container.capDrop.some(({ value }) => value === 'ALL')) {
      wishes.push({ do: 'add', field: 'capDrop', value: ['ALL'] })
      const needed = isOther || isOwn ? (subject.seen?.capAdd ?? []) : run.capAdd
      const missing = needed.filter(one => !container.capAdd.some(({ value }) => value === one))
      if (missing.length > 0) wishes.push({ do: 'add', field: 'capAdd', value: missing })
    }
  } else check.push('It stays root, and which capabilities it needs is not known: drop them one by one')
  if (isPod && container.seccomp.value === 'unset') wishes.push({ do: 'set', field: 'seccomp', value: 'default' })
  readOnly(container, run, knowsWrites(subject, stage), wishes, check)
  return { wishes, check, run }
}

/** Programs that change the kernel, or start containers: what runs them may need all of it. */
const powerful =
  /^(?:mount|umount|losetup|modprobe|insmod|iptables|ip6tables|nft|ipvsadm|ip|tc|brctl|sysctl|dockerd|containerd|buildkitd|buildkit|buildah|podman|runc|crun|nsenter|unshare|fusermount3?|mkfs(?:\.\w+)?|fdisk|parted|kubelet|k3s|systemd|init)$/

/** True: it is not wanted any more. A privileged container is its host’s root, and nearly none needs that. */
const dropsPrivileged = ({ project }: HardenSubject, stage: Stage, container: Container, check: string[]): boolean => {
  const programs = [
    ...startedPrograms(startOf(stage)),
    ...(container.command.value ?? []).map(word => basename(word)),
    ...project.stacks.flatMap(({ programs: own }) => own.map(({ value }) => basename(value))),
  ]
  const needed = programs.find(program => powerful.test(program))
  if (needed !== undefined || project.stacks.length === 0 || container.devices.length > 0) {
    check.push(
      needed === undefined
        ? 'It is privileged, which is root on the host, and what it needs of that is not known'
        : `It is privileged, which is root on the host, and \`${needed}\` may need some of that: one capability or device is mostly enough`,
    )
    return false
  }
  check.push(
    'It was privileged, and nothing here needs that: if something fails now, give it the one capability or device that is missing',
  )
  return true
}

/** Something says what the program writes: its project, its documentation, or that there is nothing else in the image. */
const knowsWrites = ({ project }: HardenSubject, stage: Stage): boolean =>
  project.stacks.length > 0 ||
  familyOf(stage) === 'none' ||
  knownProgram(startOf(stage).words, stage.root.kind === 'image' ? stage.root.reference.familiar : undefined) !== undefined

const readOnly = (container: Container, run: ProposedRun, isKnown: boolean, wishes: Wish[], check: string[]): void => {
  const targets = container.mounts.map(({ target }) => target.replace(/(?<=.)\/+$/, '').replace(/^\/var\/run(?=\/|$)/, '/run'))
  const isMounted = (path: string): boolean => targets.some(target => path === target || path.startsWith(`${target}/`))
  const kept = run.volumes.filter(path => !isMounted(path))
  if (!container.readOnlyRoot.value) {
    if (!run.readOnly) return
    if (container.entrypoint.value !== undefined || container.command.value !== undefined) {
      check.push(
        'It starts something else than the image, and what that writes is not known: try it with a read-only root file system',
      )
      return
    }
    if (!isKnown) {
      check.push('What it writes is not known: try it with a read-only root file system')
      return
    }
    if (kept.length > 0) {
      check.push(`Its data in ${kept.join(', ')} need a volume there; with that the root file system can be read-only`)
      return
    }
    wishes.push({ do: 'set', field: 'readOnlyRoot', value: true })
  }
  const missing = run.tmpfs.filter(path => !isMounted(path))
  if (missing.length > 0)
    wishes.push({
      do: 'add',
      field: 'tmpfs',
      value: missing.map(path => (container.form === 'kubernetes' ? path : tmpfsText(run, path))),
    })
}
