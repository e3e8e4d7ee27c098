/**
 * The final stage runs as a number that is not root’s.
 *
 * Whom: in this order the last other user that the file itself changed to, an account that it makes, the one that its image brings for its program, an account made
 * here (Debian, Alpine), a bare number. An account is made where that is possible, since some programs ask for the name of their user and fail without one:
 * `os.userInfo()` of Node.js, `getpass.getuser()` of Python, git, ssh, psql, Hadoop (https://man7.org/linux/man-pages/man3/getpwuid.3.html).
 *
 * HOME: the engine takes it from /etc/passwd, and it is / for a bare number. An account of ours has none, unless something that is started keeps files there
 * (npm, browsers, matplotlib, …): then it is /tmp, which every proposed way to run the image makes writable.
 */
import { type CommandAt, insertAt, replaceAt } from '../../../judge/dockerfile-queries.ts'
import { anonymousUser, isRoot } from '../../../judge/image-users.ts'
import type { Edit } from '../../../model/finding.ts'
import type { Dockerfile, Stage, Step } from '../../../read/dockerfile/graph.ts'
import { familyOf } from '../family.ts'
import { type Choice, chooseUser, idsText, madeAccount, numberable } from '../final-user.ts'
import { isPosixShell, keyword, lastChange, linesAfter, linesBefore } from '../place.ts'
import { startedPrograms, startOf } from '../start.ts'
import { type Applied, type HardenSubject, type LeftOut, transformation } from '../transformation.ts'

const forKubernetes = 'In Kubernetes give the number too: `securityContext: { runAsUser: …, runAsNonRoot: true }`'

export default transformation({
  title: 'Run as a user that is not root, given by number',
  why: 'A container shares the kernel of its host. Whoever takes over a process that runs as root is root to that kernel too, and can change every file of the image and install tools. As an ordinary user the same attacker cannot even change the program they broke into. A number, and not a name, lets Kubernetes prove that it is not root before anything runs.',
  level: 'balanced',
  safety: 'unsafe',
  order: 600,
  supersedes: ['dockerfile/user-missing', 'dockerfile/user-root-last', 'dockerfile/user-named', 'dockerfile/copy-no-chown'],
  apply(subject) {
    const { dockerfile } = subject
    const stage = dockerfile.final
    const choice = chooseUser(subject)
    if (!stage || !choice) return undefined
    if (choice.kind === 'left') return { leftOut: choice.why, check: choice.check }
    return choice.kind === 'is' ? inNumbers(dockerfile, stage, choice) : becomes(subject, stage, choice)
  },
})

/** It is somebody else than root already: only the name becomes a number. */
const inNumbers = (
  dockerfile: Dockerfile,
  stage: Stage,
  { user }: Extract<Choice, { kind: 'is' }>,
): Applied | LeftOut | undefined => {
  if (user.kind !== 'name') return undefined
  const { at } = stage.end.user
  const written = user.group === undefined ? user.name : `${user.name}:${user.group}`
  const title = `Write the user \`${written}\` as a number`
  if (!at || at.argument.text !== written)
    return {
      title,
      leftOut: `USER takes the name \`${written}\` from a variable`,
      check: [`A number as the variable’s value. ${forKubernetes}`],
    }
  if (user.ids) return { title, edits: [replaceAt(dockerfile, at.argumentSpan, idsText(user.ids))] }
  const give = numberable(dockerfile, stage, user.name, user.group)
  if (give)
    return {
      title: `Give \`${user.name}\` the number ${madeAccount.uid}, and write it as a number`,
      risk: 'files in volumes that belong to the number it had before are somebody else’s then',
      check: [`Volumes from before: \`chown -R ${madeAccount.uid}\` once`],
      edits: [giving(dockerfile, stage, give), replaceAt(dockerfile, at.argumentSpan, String(madeAccount.uid))],
    }
  return {
    title,
    leftOut: `the number of \`${user.name}\` stands neither in this file nor in what is known of its base image`,
    check: [`Its number: \`docker run --rm --entrypoint id IMAGE\`. ${forKubernetes}`],
  }
}

const giving = (dockerfile: Dockerfile, stage: Stage, { command }: CommandAt): Edit => {
  const isLong = command.name === 'adduser' && familyOf(stage) === 'debian'
  return insertAt(dockerfile, command.nameWord!.span.end, ` ${isLong ? '--uid' : '-u'} ${madeAccount.uid}`)
}

const becomes = (subject: HardenSubject, stage: Stage, choice: Extract<Choice, { kind: 'becomes' }>): Applied => {
  const { dockerfile } = subject
  const edits: Edit[] = []
  // Accounts of the image and of the file have a home folder of their own.
  const home = choice.make || choice.text === anonymousUser ? needsHome(subject, stage) : undefined
  const lines: string[] = []
  if (choice.make) {
    const command = accountLines(dockerfile, choice.make, home !== undefined)
    const first = firstCopy(stage)
    if (first) edits.push(linesBefore(dockerfile, first, command))
    else lines.push(...command)
  } else if (home !== undefined && choice.text === anonymousUser && !lineHas(stage, 'HOME'))
    lines.push(`${keyword(dockerfile, 'ENV')} HOME=/tmp`)
  if (choice.give) edits.push(giving(dockerfile, stage, choice.give))
  const last = lastChange(stage)
  const user = last.after.user
  const isRootLine =
    last.instruction.name === 'USER' &&
    last.instruction === stage.end.user.at &&
    user.value?.known === true &&
    isRoot(user.value.value)
  const line = `${keyword(dockerfile, 'USER')} ${choice.text}`
  if (isRootLine && lines.length === 0) edits.push(replaceAt(dockerfile, last.instruction.argumentSpan, choice.text))
  else edits.push(linesAfter(dockerfile, last, [...lines, line]))
  return {
    title: `Run as \`${choice.text}\` instead of root${choice.make ? ', an account made for it' : ''}`,
    risk: 'the program may write only where this user may: its own folders, and what is mounted for it',
    check: [
      'Volumes that were written by root belong to root: give them to the user once',
      ...(choice.ids ? [] : [`The user has a name only. ${forKubernetes}`]),
      ...(home === undefined
        ? []
        : [`\`${home}\` keeps files in the home folder, which is /tmp now: they are gone with the container`]),
    ],
    edits,
  }
}

const lineHas = (stage: Stage, name: string): boolean => stage.end.variables.get(name)?.by === 'env'

/** The first step of the stage that copies, if it still runs as root: what comes before it stays in the cache when sources change. */
const firstCopy = (stage: Stage): Step | undefined => {
  const first = stage.steps.find(
    ({ instruction, onbuild }) => !onbuild && (instruction.name === 'COPY' || instruction.name === 'ADD'),
  )
  if (!first) return undefined
  const { at, value } = first.before.user
  const isRootThere = !at || (value?.known === true && isRoot(value.value))
  return isRootThere && isPosixShell(first.before) ? first : undefined
}

/** https://manpages.debian.org/useradd and BusyBox’s own applets on Alpine. */
const accountLines = (dockerfile: Dockerfile, family: 'debian' | string, hasHome: boolean): readonly string[] => {
  const { escape } = dockerfile.tree
  const { name, uid, gid } = madeAccount
  const home = hasHome ? '/tmp' : '/nonexistent'
  const [group, user] =
    family === 'alpine'
      ? [`addgroup -S -g ${gid} ${name}`, `adduser -S -D -H -u ${uid} -G ${name} -h ${home} -s /sbin/nologin ${name}`]
      : [`groupadd -r -g ${gid} ${name}`, `useradd -r -u ${uid} -g ${name} -d ${home} -s /usr/sbin/nologin ${name}`]
  return [`${keyword(dockerfile, 'RUN')} ${group} ${escape}`, `    && ${user}`]
}

/** Programs and libraries that keep files in the home folder and stop, or lose a good part of their use, without one. */
const homely: ReadonlySet<string> = new Set(
  'npm npx yarn pnpm bun bundle streamlit jupyter jupyter-lab jupyter-notebook chromium puppeteer playwright matplotlib transformers huggingface_hub huggingface-hub nltk torch kaggle dask soffice libreoffice R Rscript dotnet-script wine'.split(
    ' ',
  ),
)
const needsHome = (subject: HardenSubject, stage: Stage): string | undefined => {
  const names = [
    ...startedPrograms(startOf(stage)),
    ...subject.project.stacks.flatMap(({ dependencies }) => [...dependencies]),
    ...subject.project.stacks.flatMap(({ programs }) => programs.map(({ value }) => value)),
  ]
  return names.find(name => homely.has(name))
}
