/** Who the final image runs as, and who it could run as: a number, for Kubernetes cannot tell from a name whether it is root. */

import type { CommandAt } from '../../judge/dockerfile-queries.ts'
import { flagNamed, lineage } from '../../judge/dockerfile-queries.ts'
import {
  anonymousUser,
  baseUser,
  createdUsers,
  type ImageAccount,
  imageAccount,
  isRoot,
  isWindows,
  startsUnprivileged,
} from '../../judge/image-users.ts'
import { isEditable, requestsOf } from '../../judge/package-queries.ts'
import { startsByStepDown, stepDownEvidence } from '../../judge/step-down.ts'
import type { Dockerfile, Stage } from '../../read/dockerfile/graph.ts'
import { optionValue } from '../../read/shell/queries.ts'
import { servicesOf, workloadsOf } from './beside.ts'
import { type Family, familyOf } from './family.ts'
import { isOpenEnded } from './place.ts'
import { rootHomeReason } from './root-home.ts'
import { serverOf } from './servers.ts'
import { startedPrograms, startOf, startScripts } from './start.ts'
import { closedWrite } from './start-writes.ts'
import type { HardenSubject } from './transformation.ts'

/** Of the account that is made where the image has none. Above 10000, where no distribution gives numbers to anybody. */
export const madeAccount: ImageAccount = { name: 'app', uid: 10001, gid: 10001 }

/** Numbers as USER has them. Without a gid the account's own group counts. */
export type Ids = { readonly uid: number; readonly gid: number | undefined }

export const idsText = ({ uid, gid }: Ids): string => (gid === undefined ? String(uid) : `${uid}:${gid}`)

export type FinalUser =
  | { readonly kind: 'root' }
  | { readonly kind: 'ids'; readonly ids: Ids }
  /** `ids`: its numbers, where the file or its base state them. */
  | { readonly kind: 'name'; readonly name: string; readonly group: string | undefined; readonly ids: Ids | undefined }
  /** The base image’s own, which is not root. */
  | { readonly kind: 'base'; readonly account: ImageAccount | undefined }
  | { readonly kind: 'unknown'; readonly why: string }

/** An account that the steps of a stage make. */
export type MadeAccount = { readonly name: string; readonly ids: Ids | undefined; readonly at: readonly CommandAt[] }

/** By name, in order. A later usermod or groupmod makes its numbers unknown. */
export const madeAccounts = (stage: Stage): ReadonlyMap<string, MadeAccount> => {
  const groups = new Map<string, number | undefined>()
  const made = new Map<string, MadeAccount>()
  const wanted = new Set(createdUsers(stage))
  for (const step of lineage(stage)) {
    if (step.instruction.name !== 'RUN') continue
    for (const script of step.scripts)
      for (const command of script.commands) {
        const { name, operands } = command
        if (name === 'groupadd' || (name === 'addgroup' && operands.length === 1)) {
          const group = operands.at(-1)?.text
          if (group !== undefined) groups.set(group, numberOf(optionValue(command, '-g', '--gid')))
        } else if (name === 'useradd' || (name === 'adduser' && operands.length === 1)) {
          const user = operands.at(name === 'useradd' ? -1 : 0)?.text
          if (user === undefined || !wanted.has(user)) continue
          const uid = numberOf(optionValue(command, '-u', '--uid'))
          const group = optionValue(command, ...(name === 'useradd' ? ['-g', '--gid'] : ['-G', '--ingroup', '--gid']))
          const gid = group === undefined ? undefined : (numberOf(group) ?? groups.get(group))
          const at = [...(made.get(user)?.at ?? []), { step, script, command }]
          made.set(user, { name: user, at, ids: uid === undefined || at.length > 1 ? undefined : { uid, gid } })
        } else if (name === 'usermod' || name === 'groupmod') {
          for (const { text } of operands) {
            const known = made.get(text)
            if (known && optionValue(command, '-u', '--uid', '-g', '--gid') !== undefined)
              made.set(text, { ...known, ids: undefined })
          }
        }
      }
  }
  return made
}

const numberOf = (text: string | undefined): number | undefined =>
  text !== undefined && /^\d{1,10}$/.test(text) && Number(text) < 4_294_967_295 ? Number(text) : undefined

export const finalUser = (stage: Stage): FinalUser => {
  const { value, at } = stage.end.user
  const account = stage.root.kind === 'image' ? imageAccount(stage.root.reference) : undefined
  if (!at) {
    if (stage.root.kind === 'image' && startsUnprivileged(stage.root.reference)) return { kind: 'base', account }
    if (baseUser(stage.root) === 'root' || worksAsRoot(stage)) return { kind: 'root' }
    return { kind: 'unknown', why: 'its base image may say whom it runs as, and nobody here knows' }
  }
  if (!value?.known || value.value.trim() === '') return { kind: 'unknown', why: 'USER holds a variable without a value' }
  const text = value.value.trim()
  if (isRoot(text)) return { kind: 'root' }
  const [name = '', group] = text.split(':')
  const uid = numberOf(name)
  if (uid !== undefined && (group === undefined || numberOf(group) !== undefined))
    return { kind: 'ids', ids: { uid, gid: numberOf(group) } }
  return { kind: 'name', name, group, ids: idsOf(stage, name, group) }
}

/** What USER’s words are in numbers. */
const idsOf = (stage: Stage, name: string, group: string | undefined): Ids | undefined => {
  const made = madeAccounts(stage).get(name)
  const ofImage = stage.root.kind === 'image' ? imageAccount(stage.root.reference) : undefined
  const known: Ids | undefined = made ? made.ids : ofImage?.name === name ? ofImage : wellKnown(stage, name)
  const uid = known?.uid ?? numberOf(name)
  if (uid === undefined) return undefined
  if (group === undefined) return { uid, gid: made ? made.ids?.gid : known?.gid }
  const gid = numberOf(group) ?? (group === name ? known?.gid : undefined)
  // The account’s own group, which has its name: the number is looked up in /etc/passwd.
  if (gid === undefined && group !== name) return undefined
  return { uid, gid }
}

/** Debian’s base-passwd and Alpine’s baselayout: their numbers are the same in every release. */
const wellKnown = (stage: Stage, name: string): Ids | undefined => {
  const family = familyOf(stage)
  if (family !== 'debian' && family !== 'alpine') return undefined
  if (name === 'nobody') return { uid: 65534, gid: 65534 }
  if (name === 'www-data') return family === 'debian' ? { uid: 33, gid: 33 } : { uid: 82, gid: 82 }
  return undefined
}

/** A step that only root can do, with nobody said before it: the base image leaves the user at root. */
const worksAsRoot = (stage: Stage): boolean =>
  lineage(stage).some(
    step =>
      step.instruction.name === 'RUN' &&
      !step.before.user.at &&
      requestsOf(step, 'apt', 'apk', 'yum', 'dnf', 'microdnf').some(
        ({ command }) => !command.wrappers.some(({ name }) => name === 'sudo' || name === 'doas'),
      ),
  )

export type Choice =
  /** It runs as somebody else than root; `ids` where they are known. */
  | { readonly kind: 'is'; readonly user: Exclude<FinalUser, { kind: 'root' | 'unknown' }> }
  /** Whom it can run as. `make`: an account has to be made first. `give`: the command that makes it gets a number to give. */
  | {
      readonly kind: 'becomes'
      readonly text: string
      readonly ids: Ids | undefined
      readonly make: Family | undefined
      readonly give: CommandAt | undefined
    }
  | { readonly kind: 'left'; readonly why: string; readonly check: readonly string[] }

/** As chown takes it: numbers where they are known, else the name. */
export const ownerText = (choice: Exclude<Choice, { kind: 'left' }>): string | undefined => {
  if (choice.kind === 'becomes') return choice.ids ? idsText(choice.ids) : choice.text
  const { user } = choice
  if (user.kind === 'base') return user.account && idsText(user.account)
  if (user.kind === 'ids') return idsText(user.ids)
  return user.ids ? idsText(user.ids) : user.group === undefined ? user.name : `${user.name}:${user.group}`
}

/** Programs that only root can start, or that start others as whomever they are for. */
const needRoot: ReadonlySet<string> = new Set(
  'sshd cron crond supervisord systemd init dockerd containerd openvpn wg-quick dnsmasq named chronyd ntpd keepalived iptables tcpdump mount service systemctl runsvdir s6-svscan smbd vsftpd dhcpd'.split(
    ' ',
  ),
)

/** Whom the final image runs as when it is hardened; undefined for a file without a stage. */
export const chooseUser = (subject: HardenSubject): Choice | undefined => {
  const { dockerfile } = subject
  const stage = dockerfile.final
  if (!stage) return undefined
  if (isWindows(stage)) return left('it is an image of Windows, which has other accounts', 'Its account: `USER ContainerUser`')
  const user = finalUser(stage)
  const evidence = stepDownEvidence(stage)
  if (user.kind === 'root' && (evidence !== undefined || startsByStepDown(stage)))
    return left(
      `it starts as root, and ${evidence ?? 'its entry point'} gives that up by itself`,
      'Whether the entry point also works when it is started as the final user: `docker run --user UID:GID` with its volumes',
    )
  if (user.kind === 'ids' || user.kind === 'base') return { kind: 'is', user }
  if (user.kind === 'unknown')
    return left(`${user.why}`, 'Whom the image runs as: `docker image inspect --format "{{.Config.User}}" IMAGE`')
  if (isOpenEnded(dockerfile)) return left('the file ends in the middle of an instruction', 'The end of the file')
  if (user.kind === 'name') return { kind: 'is', user }
  const reason = rootReason(subject, stage)
  return reason ?? becomes(stage, dockerfile)
}

const left = (why: string, ...check: readonly string[]): Choice => ({ kind: 'left', why, check })

const rootReason = (subject: HardenSubject, stage: Stage): Choice | undefined => {
  if (lineage(stage).some(({ instruction }) => instruction.name === 'ONBUILD'))
    return left('images are built from it by ONBUILD, and their steps would run as this user', 'Whether those steps need root')
  if (isForDevelopers(subject.dockerfile, stage))
    return left(
      'it is made for developers, whose tools change to a user of its own by themselves',
      'remoteUser in devcontainer.json: https://containers.dev/implementors/json_reference/',
    )
  const home = rootHomeReason(subject.dockerfile, stage)
  if (home !== undefined)
    return left(
      home,
      'Whether it can be elsewhere, such as in /opt or /usr/local, and PATH, HOME and what else names it lead there; opening /root instead opens all that root keeps in it',
    )
  const mount = hostFolder(subject)
  if (mount !== undefined)
    return left(
      `\`${mount}\` of the host is mounted into it, which root alone may use there`,
      'Which user or group of the host may: it runs with that number (`user`, `group_add`; in Kubernetes `supplementalGroups`), or does without the mount',
    )
  const start = startOf(stage)
  const programs = startedPrograms(start)
  if (start.words.length === 0 && startsUnknown(subject, stage))
    return left(
      'what its base image starts, and as whom, nobody here knows',
      'Its start: `docker image inspect --format "{{.Config.Entrypoint}} {{.Config.Cmd}} {{.Config.User}}" IMAGE`',
    )
  if (isForNobody(subject, stage))
    return left(
      start.words.length > 0
        ? 'it starts a shell: who works in it decides as whom'
        : 'nothing says what it starts, so that others may be built from it, and their steps would run as this user',
      'If it is to run by itself: a CMD, and then a user',
    )
  const program = [...programs].find(one => needRoot.has(one))
  if (program !== undefined)
    return left(
      `it starts \`${program}\`, which needs root, or starts others as whom they are for`,
      'Whether the service itself can be started instead, in a container of its own',
    )
  for (const { path, text } of startScripts(subject, start)) {
    const step = /(?:^|[\s;&|(])(gosu|su-exec|setpriv|runuser|su|chown|usermod|groupmod|apt-get|apk|sshd|cron|service)\s/m.exec(
      text,
    )?.[1]
    if (step !== undefined)
      return left(
        `\`${path}\`, which it starts, calls \`${step}\`, and that needs root`,
        `Whether \`${path}\` still needs it when the folders belong to the user from the beginning`,
      )
    const written = closedWrite(stage, text)
    if (written !== undefined)
      return left(
        `\`${path}\`, which it starts, writes to \`${written}\`, where only root may`,
        `Whether it can be written somewhere else, such as in /tmp, or while the image is built; else give \`${written}\` to the user by chown`,
      )
  }
  const server = serverOf(subject, stage)
  if (server?.obstacle !== undefined)
    return left(
      `${server.name} starts as root, and ${server.obstacle}`,
      'A configuration with a port above 1023, and its files of process ids and temporary files in /tmp; for nginx the image nginxinc/nginx-unprivileged has it',
    )
  return undefined
}

/** Images that start a shell unless they are told otherwise. */
const plainImages =
  /^library\/(?:debian|ubuntu|alpine|busybox|fedora|centos|rockylinux|almalinux|oraclelinux|amazonlinux|buildpack-deps|golang|rust|gcc|maven|gradle)$/

/** The start comes from an image that is neither official nor known otherwise. */
const startsUnknown = (subject: HardenSubject, stage: Stage): boolean => {
  if (stage.root.kind !== 'image' || servicesOf(subject).some(({ container }) => (container.command.value ?? []).length > 0))
    return false
  const { registry, repository } = stage.root.reference
  return !(registry === 'docker.io' && repository.startsWith('library/')) && imageAccount(stage.root.reference) === undefined
}

/** A shell is all that starts, or whatever an unknown base starts, and Compose gives nothing else. */
const isForNobody = (subject: HardenSubject, stage: Stage): boolean => {
  const { words } = startOf(stage)
  if (servicesOf(subject).some(({ container }) => (container.command.value ?? []).length > 0)) return false
  if (words.length > 0) return /^(?:\/(?:usr\/)?bin\/)?(?:ba|z|fi|a)?sh$/.test(words.join(' ').replace(/["'[\]]/g, ''))
  if (stage.root.kind !== 'image') return false
  const { registry, repository } = stage.root.reference
  return registry === 'docker.io' && plainImages.test(repository)
}

/** What hosts keep for root: the sockets of engines, logs, the folders of containers, devices. */
const rootOnHost =
  /^\/(?:root(?:\/|$)|boot(?:\/|$)|dev(?:\/(?!shm)|$)|var\/log(?:\/|$)|var\/lib\/(?:docker|kubelet|containerd)(?:\/|$)|(?:var\/)?run\/[\w./-]*\.sock$|$)/

/** The first such path that Compose or Kubernetes beside the Dockerfile mounts. */
const hostFolder = (subject: HardenSubject): string | undefined =>
  [...servicesOf(subject), ...workloadsOf(subject)]
    .flatMap(({ container }) => container.mounts)
    .find(({ type, source }) => type === 'bind' && source !== undefined && rootOnHost.test(source))?.source

/** https://containers.dev/: images of editors, and files in the folder that these look into. */
const isForDevelopers = ({ path }: Dockerfile, stage: Stage): boolean =>
  /(?:^|\/)\.devcontainer\//.test(path) ||
  (stage.root.kind === 'image' && /^(?:vscode\/)?devcontainers\//.test(stage.root.reference.repository))

const becomes = (stage: Stage, dockerfile: Dockerfile): Choice => {
  const family = familyOf(stage)
  const accounts = madeAccounts(stage)
  // The last one that the file itself changed to, else one that it makes.
  const switched = lineage(stage).findLast(
    ({ instruction, after: { user } }) =>
      instruction.name === 'USER' && user.value?.known === true && user.value.value !== '' && !isRoot(user.value.value),
  )
  const text = switched?.after.user.value?.value.trim()
  const name = text?.split(':')[0] ?? [...accounts.keys()].at(-1)
  if (name !== undefined) {
    const ids = idsOf(stage, name, text?.split(':')[1])
    if (ids) return { kind: 'becomes', text: idsText(ids), ids, make: undefined, give: undefined }
    const give = numberable(dockerfile, stage, name, text?.split(':')[1])
    if (give)
      return {
        kind: 'becomes',
        text: String(madeAccount.uid),
        ids: { uid: madeAccount.uid, gid: undefined },
        make: undefined,
        give,
      }
    return { kind: 'becomes', text: text ?? name, ids: undefined, make: undefined, give: undefined }
  }
  const owner = ownerOfFiles(stage)
  if (owner) return { kind: 'becomes', text: idsText(owner), ids: owner, make: undefined, give: undefined }
  const ofImage = (stage.root.kind === 'image' ? imageAccount(stage.root.reference) : undefined) ?? ofServer(stage, family)
  if (ofImage) return { kind: 'becomes', text: idsText(ofImage), ids: ofImage, make: undefined, give: undefined }
  if (stage.root.kind === 'image' && startsUnprivileged(stage.root.reference))
    return left(
      'its base image has a user of its own, whose number nobody here knows',
      `That number: \`docker run --rm --entrypoint id ${stage.root.reference.familiar}\`, and write it as the last USER`,
    )
  if ((family === 'debian' || family === 'alpine') && !isTaken(dockerfile))
    return { kind: 'becomes', text: idsText(madeAccount), ids: madeAccount, make: family, give: undefined }
  const [uid = '', gid = ''] = anonymousUser.split(':')
  return { kind: 'becomes', text: anonymousUser, ids: { uid: Number(uid), gid: Number(gid) }, make: undefined, give: undefined }
}

/** Whom the author gives the program to when copying it, where the number is known: `COPY --chown=nobody:root`. */
const ownerOfFiles = (stage: Stage): Ids | undefined => {
  for (const step of lineage(stage).toReversed()) {
    const value = step.instruction.name === 'COPY' ? flagNamed(step, 'chown')?.value : undefined
    const [name = ''] = value?.split(':') ?? []
    if (name === '' || name.includes('$') || isRoot(name)) continue
    return idsOf(stage, name, undefined)
  }
  return undefined
}

/** Debian’s nginx works as www-data, whom every Debian has: https://salsa.debian.org/nginx-team/nginx/-/blob/main/debian/conf/nginx.conf */
const ofServer = (stage: Stage, family: Family): ImageAccount | undefined =>
  family === 'debian' && startedPrograms(startOf(stage)).has('nginx') ? { name: 'www-data', uid: 33, gid: 33 } : undefined

/** Another account has the number already, or a group has the name. */
const isTaken = (dockerfile: Dockerfile): boolean =>
  dockerfile.tree.text
    .split('\n')
    .some(
      line =>
        /[\s=:]10001\b|(?:groupadd|addgroup)\s(?:[^&|;]*\s)?app(?=[\s;&|]|$)/.test(line) &&
        /(?:user|group)(?:add|mod)|add(?:user|group)/.test(line),
    )

/**
 * The command that makes an account, where it can be told to give a certain number: one literal command, with no number of its own, that nobody else has. The
 * group is looked up in /etc/passwd then.
 */
export const numberable = (
  dockerfile: Dockerfile,
  stage: Stage,
  name: string,
  group: string | undefined,
): CommandAt | undefined => {
  const made = madeAccounts(stage).get(name)
  const [at] = made?.at ?? []
  if (!made || !at || made.at.length !== 1 || made.ids) return undefined
  if ((group !== undefined && group !== name) || isTaken(dockerfile)) return undefined
  const { command } = at
  if (!isEditable(at) || !command.nameWord || optionValue(command, '-u', '--uid') !== undefined) return undefined
  const { text } = dockerfile.tree
  if (text.slice(command.nameWord.span.start, command.nameWord.span.end) !== command.nameWord.text) return undefined
  if (text.split('\n').some(line => /(?:user|group)mod\s/.test(line) && /\s(?:-u|-g|--uid|--gid)\b/.test(line))) return undefined
  if (command.name === 'adduser' && familyOf(stage) !== 'debian' && familyOf(stage) !== 'alpine') return undefined
  return at
}
