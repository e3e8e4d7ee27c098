/** Whom a container starts as. */
import type { Account } from '../../model/census.ts'
import { type ProfileSubject, type ProfileTarget, programOf, startOf, startsAsImageSays } from './subject.ts'

export type UserChoice = {
  readonly uid: number
  readonly gid: number
  readonly why: string
  /** False: a guess that somebody has to verify. */
  readonly isKnown: boolean
  /** Root that gives itself up: what does it, and the command without that where the image says it literally. */
  readonly stepsDown?: { readonly by: string; readonly isScript: boolean }
  /** Started instead of the image's command: the same without the program that gives up root. */
  readonly command?: readonly string[]
}

/** Exists in no distribution's passwd file; distroless images call it nonroot. */
const anonymous = 65532

/** The kernel's largest user number that means somebody (https://man7.org/linux/man-pages/man2/setuid.2.html: -1 does not). */
const largestId = 4_294_967_294

export const userFor = (subject: ProfileSubject, target: ProfileTarget): UserChoice => {
  const { container, image } = subject
  const given = container?.user.value
  const written = given !== undefined && given.trim() !== '' ? given : undefined
  const text = (written ?? image?.config?.user ?? container?.imageUser ?? '').trim()
  const [name = '', group = ''] = text.split(':').map(part => part.trim())
  const accounts = image?.census.accounts?.items ?? []
  const account =
    accounts.find(one => one.name === name) ?? (numberOf(name) === undefined ? undefined : accountOf(accounts, name))
  const uid = account?.uid ?? numberOf(name)
  const whose = written === undefined ? 'the image' : 'the file'
  if (uid !== undefined && uid !== 0) {
    const gid =
      image?.census.groups?.items.find(one => one.name === group)?.gid ??
      numberOf(group) ??
      account?.gid ??
      (group === '' ? 0 : uid)
    const isNumber = numberOf(name) !== undefined
    return {
      uid,
      gid,
      isKnown: true,
      why: isNumber
        ? `${whose} says so itself${gid === 0 ? '; who has no account gets the group 0' : ''}`
        : `${whose} says \`${shown(name)}\`, which is this number in its /etc/passwd; a name is no proof for Kubernetes`,
    }
  }
  if (uid === undefined && name !== '' && name !== 'root')
    return {
      uid: anonymous,
      gid: anonymous,
      isKnown: false,
      why: `${whose} says \`${shown(name)}\`, and no account of that name could be read; a number that belongs to nobody. Verify that it may write where the program writes`,
    }
  return insteadOfRoot(subject, target, accounts)
}

const insteadOfRoot = (subject: ProfileSubject, target: ProfileTarget, accounts: readonly Account[]): UserChoice => {
  const { image } = subject
  const start = startOf(subject)
  const lowered = start?.stepsDownTo
  if (start && lowered !== undefined && !/^(?:root|0+)(?::|$)/.test(lowered)) {
    const [name = ''] = lowered.split(':')
    const account = accounts.find(one => one.name === name) ?? accountOf(accounts, name)
    const uid = account?.uid ?? numberOf(name)
    const words = [...(image?.config?.entrypoint ?? []), ...(image?.config?.cmd ?? [])]
    const by =
      words.find(word => /(?:^|\/)(?:gosu|su-exec|setpriv|chpst|setuidgid|s6-setuidgid|runuser)$/.test(word)) ??
      'its start command'
    if (target === 'kubernetes' && uid !== undefined && uid !== 0)
      return {
        uid,
        gid: account?.gid ?? uid,
        isKnown: true,
        why: `the start command changes to \`${shown(name)}\` by \`${shown(by)}\`; started as that user it needs no right to change`,
        command: start.words,
      }
    if (target !== 'kubernetes')
      return {
        uid: 0,
        gid: 0,
        isKnown: true,
        why: `the start command begins as root and changes to \`${shown(name)}\` by \`${shown(by)}\``,
        stepsDown: { by: shown(by), isScript: false },
      }
  }
  const program = programOf(subject)
  const own = program && accounts.find(one => program.accounts.includes(one.name) && one.uid !== 0)
  if (program && own && (program.anyUser || image?.census.stepDowns.count === 0))
    return {
      uid: own.uid,
      gid: own.gid,
      isKnown: program.anyUser === true,
      why: `\`${shown(own.name)}\`, the account that the image has for ${program.name}${
        program.anyUser ? `, may start it: ${program.source}` : '; verify that it may write where the program writes'
      }${program.data.length > 0 ? `. What stands in ${program.data.join(', ')} must belong to it` : ''}`,
    }
  const brought =
    startsAsImageSays(subject) && image?.census.start?.kind === 'other' ? image.census.stepDowns.items[0] : undefined
  if (brought && target !== 'kubernetes')
    return {
      uid: 0,
      gid: 0,
      isKnown: true,
      why: `the entry point is a script that begins as root and gives it up by \`${shown(brought.path)}\`; whether it works when it is started as somebody else is not known`,
      stepsDown: { by: shown(brought.path), isScript: true },
    }
  // People's and applications' accounts, by https://github.com/shadow-maint/shadow (UID_MIN, UID_MAX).
  const people = accounts.filter(one => one.uid >= 1000 && one.uid < 60_000)
  const [only] = people
  if (only && people.length === 1)
    return {
      uid: only.uid,
      gid: only.gid,
      isKnown: false,
      why: `the image starts as root, and has the account \`${shown(only.name)}\`. Verify that it may write where the program writes`,
    }
  return {
    uid: anonymous,
    gid: anonymous,
    isKnown: false,
    why: `${image ? 'the image starts as root, and names nobody else' : 'nothing is known of the image'}; a number that belongs to nobody. Verify that it may write where the program writes`,
  }
}

const accountOf = (accounts: readonly Account[], name: string): Account | undefined => {
  const uid = numberOf(name)
  return uid === undefined ? undefined : accounts.find(one => one.uid === uid)
}

const numberOf = (text: string): number | undefined => {
  if (!/^\d{1,10}$/.test(text)) return undefined
  const number = Number(text)
  return number <= largestId ? number : undefined
}

/** A name out of an image, for a sentence. */
const shown = (text: string): string =>
  text
    .slice(0, 64)
    .replace(/[^\x20-\x7e]/g, '?')
    .replaceAll('`', '?')
