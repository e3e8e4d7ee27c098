/** `bulkhead profile`: arguments → image and file → least privilege, as flags, a service or objects. */
import type { ProfileTarget } from '../change/profile/subject.ts'
import { makeProfile } from '../flows/profile.ts'
import { machine } from '../world/machine.ts'
import { readSubject, type SubjectArguments } from './subject.ts'
import { deliver, tell } from './terminal.ts'

export type ProfileArguments = SubjectArguments & {
  readonly for: ProfileTarget
  readonly service?: string
  /** Instead of the one that the file names; false: none. */
  readonly image?: string | false
  readonly seccomp?: string
  readonly apparmor?: string
  readonly output?: string
  readonly strict?: boolean
}

export const runProfile = async (subject: string, args: ProfileArguments): Promise<number> => {
  const { text, seccomp, apparmor, problems } = await makeProfile(
    machine,
    {
      subject,
      target: args.for,
      ...(args.service === undefined ? {} : { service: args.service }),
      ...(args.image === undefined ? {} : { image: args.image }),
      files: {
        ...(args.seccomp === undefined ? {} : { seccomp: args.seccomp }),
        ...(args.apparmor === undefined ? {} : { apparmor: args.apparmor }),
      },
    },
    reference => readSubject(reference, args, false, { secrets: false, reveal: false, census: true }),
  )
  if (args.seccomp !== undefined) await deliver([seccomp], args.seccomp)
  if (args.apparmor !== undefined) await deliver([apparmor], args.apparmor)
  await deliver([text], args.output)
  for (const { kind, code, message } of problems)
    tell(`bulkhead: ${kind === 'failed' ? 'not looked at' : 'not covered'}[${code}] ${message}`)
  return problems.some(({ kind }) => kind === 'failed' || args.strict) ? 2 : 0
}
