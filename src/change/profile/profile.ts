/** The least privilege that can be known of a container without starting it. */
import { type CapabilityChoice, capabilitiesFor } from './capabilities.ts'
import { type LimitChoice, limitsFor } from './limits.ts'
import { foreignNamespaces, type NamespaceField } from './namespaces.ts'
import { selinuxTypeFor } from './selinux.ts'
import type { ProfileSubject, ProfileTarget, Reasoned } from './subject.ts'
import { type UserChoice, userFor } from './user.ts'
import { type WritableChoice, writableFor } from './writable.ts'

export type ConfinementFiles = {
  /** The path as it was given, where a profile is written. */
  readonly seccomp?: string
  readonly apparmor?: string
}

export type Profile = {
  readonly subject: ProfileSubject
  readonly target: ProfileTarget
  readonly files: ConfinementFiles
  readonly user: UserChoice
  readonly capabilities: CapabilityChoice
  readonly writable: WritableChoice
  readonly limits: LimitChoice
  readonly namespaces: readonly Reasoned<NamespaceField>[]
  readonly selinux: Reasoned<string>
  /** What has to be verified, what could not be known, what is not here any more. */
  readonly notes: readonly string[]
}

export const profileFor = (subject: ProfileSubject, target: ProfileTarget, files: ConfinementFiles): Profile => {
  const user = userFor(subject, target)
  const capabilities = capabilitiesFor(subject, user, target)
  const writable = writableFor(subject, user)
  const health = subject.image?.config?.healthcheck
  return {
    subject,
    target,
    files,
    user,
    capabilities,
    writable,
    limits: limitsFor(subject),
    namespaces: foreignNamespaces(subject),
    selinux: selinuxTypeFor(subject),
    notes: [
      ...(user.isKnown ? [] : ['the user is a guess: see below']),
      ...(subject.image ? [] : ['nothing could be read of the image: its user, volumes, ports and programs are not known here']),
      ...capabilities.notes,
      ...writable.notes,
      ...(target !== 'kubernetes' && health !== undefined && health[0] !== 'NONE'
        ? ['the image’s own health check is kept: it runs inside, under all of this']
        : []),
      'not known: which system calls, files and addresses it really uses. Only a run shows that',
    ],
  }
}
