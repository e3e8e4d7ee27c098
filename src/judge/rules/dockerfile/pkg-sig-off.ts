import type { ShellOption } from '../../../read/shell/script.ts'
import { fixBy, runCommands } from '../../dockerfile-queries.ts'
import { dockerfileRule } from '../../dockerfile-rule.ts'
import { removeOption } from '../../remove-option.ts'

/** Tool → the options that switch the check of signatures off. */
const offences: Readonly<Record<string, (option: ShellOption) => boolean>> = {
  apk: ({ name }) => name === '--allow-untrusted',
  'apt-get': aptOff,
  apt: aptOff,
  aptitude: ({ name }) => name === '--allow-untrusted',
  dnf: rpmOff,
  yum: rpmOff,
  microdnf: rpmOff,
  tdnf: rpmOff,
  rpm: ({ name }) => name === '--nosignature' || name === '--nodigest' || name === '--nogpg',
  zypper: ({ name }) =>
    name === '--no-gpg-checks' || name === '--allow-unsigned-rpm' || name === '-G' || name === '--no-gpgcheck',
}

function aptOff({ name, value }: ShellOption): boolean {
  if (
    [
      '--allow-unauthenticated',
      '--force-yes',
      '--allow-insecure-repositories',
      '--allow-downgrade-to-insecure-repositories',
    ].includes(name)
  )
    return true
  return (
    (name === '-o' || name === '--option') &&
    /^(?:APT::Get::AllowUnauthenticated|Acquire::AllowInsecureRepositories|Acquire::AllowDowngradeToInsecureRepositories|Acquire::https(?:::[^:]+)?::Verify-Peer)=/i.test(
      value ?? '',
    ) &&
    (/Verify-Peer=(?:false|0|no)/i.test(value ?? '') || /=(?:true|1|yes)$/i.test(value ?? ''))
  )
}

function rpmOff({ name, value }: ShellOption): boolean {
  return (
    name === '--nogpgcheck' ||
    name === '--no-gpgchecks' ||
    (name === '--setopt' && /^(?:[\w*-]+\.)?(?:gpgcheck|sslverify)=(?:0|false|no)$/i.test(value ?? ''))
  )
}

export default dockerfileRule({
  on: 'dockerfile',
  severity: 'high',
  since: '0.1.0',
  profile: 'default',
  weighs: 'content',
  summary: 'A package manager does not check signatures',
  why: 'The signature is what proves that a package comes from the distribution, whatever mirror, proxy or network it came through. Without the check a mirror, or whoever sits in between, decides what is installed as root.',
  examples: [
    {
      bad: 'FROM alpine:3.20\nRUN apk add --allow-untrusted --no-cache x\nUSER nobody\n',
      good: 'FROM alpine:3.20\nRUN apk add --no-cache x\nUSER nobody\n',
    },
    {
      bad: 'FROM debian:12\nRUN apt-get install -y --allow-unauthenticated x\n',
      good: 'FROM debian:12\nRUN apt-get install -y x\n',
    },
    { bad: 'FROM rockylinux:9\nRUN dnf install -y --nogpgcheck x\n', good: 'FROM rockylinux:9\nRUN dnf install -y x\n' },
    {
      bad: 'FROM rockylinux:9\nRUN yum --setopt=sslverify=0 install -y x\n',
      good: 'FROM rockylinux:9\nRUN rpm --import key\n',
      byHand: true,
    },
  ],
  replaces: ['CKV2_DOCKER_7', 'CKV2_DOCKER_8', 'CKV2_DOCKER_9', 'CKV2_DOCKER_10', 'CKV2_DOCKER_11', 'CKV2_DOCKER_15'],
  fixes: 'unsafe',
  *check(dockerfile) {
    for (const at of runCommands(dockerfile, ...Object.keys(offences))) {
      const option = at.command.options.find(offences[at.command.name]!)
      if (!option) continue
      // --force-yes also answers questions: taking it away needs -y in its place.
      const edit = option.name === '--force-yes' ? undefined : removeOption(dockerfile, at, option)
      yield {
        at: option.span,
        message: `\`${option.name}${option.value === undefined ? '' : ` ${option.value}`}\` installs packages that nobody signed`,
        fix: edit
          ? fixBy(
              'unsafe',
              'Remove it; the installation fails when the signature is not good, so import the key of the repository',
              edit,
            )
          : { title: 'Remove it, and import the key of the repository', safety: 'manual', edits: [] },
      }
    }
  },
})
