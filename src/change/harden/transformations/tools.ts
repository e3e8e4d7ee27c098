import { basename } from 'node:path'
import { type CommandAt, commandsOf, lineage } from '../../../judge/dockerfile-queries.ts'
import { removeOption } from '../../../judge/remove-option.ts'
import type { Edit } from '../../../model/finding.ts'
import type { Stage } from '../../../read/dockerfile/graph.ts'
import { packageRequest, type RequestedPackage } from '../../../read/shell/packages.ts'
import { officialImage } from '../image-choice.ts'
import { withoutCommand, withoutStep } from '../place.ts'
import { isForPeople, startOf, startScripts } from '../start.ts'
import { type HardenSubject, transformation } from '../transformation.ts'

/**
 * Packages that are there for people, or for building, and the programs in them: Debian’s names (https://packages.debian.org/trixie/), and Alpine’s and Fedora’s where
 * they differ. What a program might load as a library is not among them.
 */
const tools: ReadonlyMap<string, readonly string[]> = new Map([
  ['vim', ['vim', 'vi']],
  ['vim-tiny', ['vi']],
  ['vim-nox', ['vim', 'vi']],
  ['nano', ['nano']],
  ['emacs', ['emacs']],
  ['less', ['less']],
  ['man-db', ['man']],
  ['htop', ['htop']],
  ['tree', ['tree']],
  ['telnet', ['telnet']],
  ['net-tools', ['ifconfig', 'netstat', 'route', 'arp']],
  ['iputils-ping', ['ping']],
  ['iputils', ['ping']],
  ['inetutils-ping', ['ping']],
  ['traceroute', ['traceroute']],
  ['dnsutils', ['dig', 'nslookup', 'host']],
  ['bind9-dnsutils', ['dig', 'nslookup', 'host']],
  ['bind-tools', ['dig', 'nslookup', 'host']],
  ['bind-utils', ['dig', 'nslookup', 'host']],
  ['netcat', ['nc', 'netcat']],
  ['netcat-openbsd', ['nc', 'netcat']],
  ['netcat-traditional', ['nc', 'netcat']],
  ['nmap', ['nmap', 'ncat']],
  ['socat', ['socat']],
  ['tcpdump', ['tcpdump']],
  ['strace', ['strace']],
  ['ltrace', ['ltrace']],
  ['gdb', ['gdb', 'gdbserver']],
  ['lsof', ['lsof']],
  ['procps', ['ps', 'top', 'free', 'pgrep', 'pkill', 'watch', 'kill', 'sysctl', 'uptime']],
  ['iproute2', ['ip', 'ss', 'tc']],
  ['tmux', ['tmux']],
  ['screen', ['screen']],
  ['bash-completion', []],
  ['sudo', ['sudo']],
  ['openssh-client', ['ssh', 'scp', 'sftp', 'ssh-keygen', 'ssh-keyscan', 'ssh-agent']],
  ['git', ['git']],
  ['curl', ['curl']],
  ['wget', ['wget']],
])

/** Its word, the programs in it that nothing names, and where it stands. */
type Unused = { readonly at: CommandAt; readonly requested: RequestedPackage; readonly all: number }

export default transformation({
  title: 'Leave tools out that nothing uses',
  why: 'Whoever gets into a container first looks for what is there: a download tool brings in the next stage of the attack, a network tool finds the neighbours, a debugger reads memory. An image without them makes every step harder, and has fewer vulnerabilities to update for.',
  level: 'balanced',
  safety: 'unsafe',
  order: 410,
  apply(subject) {
    const { dockerfile, project } = subject
    const stage = dockerfile.final
    // Of a program whose sources are not here nobody knows what it starts.
    if (!stage || project.stacks.length === 0 || stage.root.kind !== 'image' || isForPeople(dockerfile, stage)) return undefined
    const found = unusedIn(subject, stage)
    const unused = found.filter(one => !isExplained(one))
    const names = unused.map(({ requested }) => requested.name)
    for (const { at, requested, all } of unused) {
      const same = unused.filter(other => other.at.command === at.command)
      const edit = same.length === all ? withoutInstall(subject, at) : withoutWord(subject, at, requested)
      if (edit)
        return {
          edits: [edit],
          title: `Leave ${names.join(', ')} out, which nothing here uses`,
          risk: 'A program that is started under a name which is put together while it runs is not seen here',
          check: [
            'Where people look around in the running container: `docker debug`, or `kubectl debug`, brings the tools along',
          ],
        }
    }
    const explained = found.filter(isExplained).map(({ requested }) => `\`${requested.name}\``)
    return explained.length === 0
      ? undefined
      : {
          leftOut: `a comment says what ${explained.join(', ')} ${explained.length === 1 ? 'is' : 'are'} for`,
          check: ['Whether that is still so, and whether it has to be in the image that ships'],
        }
  },
})

/** The comments of the step name the tool: somebody thought of it. */
const isExplained = ({ at, requested }: Unused): boolean => {
  const { comments, innerComments } = at.step.instruction
  const words = new Set([...comments, ...innerComments].flatMap(({ text }) => [...namesIn(text)].map(word => word.toLowerCase())))
  return [requested.name, ...(tools.get(requested.name) ?? [])].some(name => words.has(name))
}

const unusedIn = (subject: HardenSubject, stage: Stage): readonly Unused[] => {
  const found: Unused[] = []
  const words = new Set(wordsOf(subject, stage))
  // What a step of this stage installs is not used by naming it there.
  for (const step of stage.steps) {
    if (step.instruction.name !== 'RUN' || step.onbuild) continue
    for (const at of commandsOf(step)) {
      const request = packageRequest(at.command)
      if (request?.action !== 'install' || !/^(?:apt|apk|dnf|yum|microdnf)$/.test(request.manager)) continue
      const own: Unused[] = []
      for (const requested of request.packages) {
        const programs = requested.kind === 'name' ? tools.get(requested.name) : undefined
        if (programs && !programs.some(program => words.has(program))) own.push({ at, requested, all: request.packages.length })
      }
      // A download tool's certificates, where the image has these anyway.
      const isCertificates = ({ name }: RequestedPackage): boolean => name === 'ca-certificates'
      const isRest = request.packages.every(one => isCertificates(one) || own.some(({ requested }) => requested === one))
      if (own.length > 0 && isRest && hasCertificates(stage))
        for (const requested of request.packages.filter(isCertificates)) own.push({ at, requested, all: request.packages.length })
      found.push(...own)
    }
  }
  return found
}

/** Official images that install ca-certificates themselves: https://github.com/docker-library */
const hasCertificates = ({ root }: Stage): boolean =>
  root.kind === 'image' &&
  /^(?:nginx|python|golang|ruby|php|eclipse-temurin|maven|gradle|rust)$/.test(officialImage(root.reference) ?? '')

/** Every word that may name a program: of commands, of what is started, of scripts and of the program’s own files. */
function* wordsOf(subject: HardenSubject, stage: Stage): Generator<string> {
  const { project } = subject
  for (const step of lineage(stage)) {
    const { name } = step.instruction
    if (!/^(?:RUN|CMD|ENTRYPOINT|HEALTHCHECK|SHELL)$/.test(name)) continue
    for (const { command } of commandsOf(step)) {
      const request = packageRequest(command)
      if (request?.action === 'install') {
        yield request.program
        for (const wrapper of command.wrappers) yield wrapper.name
        continue
      }
      yield command.name
      for (const wrapper of command.wrappers) yield wrapper.name
      // `xargs curl`, `sh -c "…"`: words that are arguments, too. Packages that come by git are asked for by address.
      for (const { text } of command.args) yield* namesIn(text)
    }
    if (name !== 'RUN') yield* namesIn(step.instruction.argument.text)
  }
  for (const stack of project.stacks) for (const { value } of stack.programs) yield basename(value)
  for (const { text } of startScripts(subject, startOf(stage))) yield* namesIn(text)
  // What an ignore file names is no program, and what a Dockerfile installs is not used by that.
  for (const [path, text] of [...project.texts, ...subject.files])
    if (!/(?:ignore|dockerfile|containerfile)$|(?:^|\/)(?:docker|container)file[^/]*$/i.test(path)) yield* namesIn(text)
}

function* namesIn(text: string): Generator<string> {
  for (const [word] of text.matchAll(/[A-Za-z][\w.-]*/g)) yield word
}

const withoutInstall = ({ dockerfile }: HardenSubject, at: CommandAt): Edit | undefined => {
  const others = [...commandsOf(at.step)].filter(({ command }) => command !== at.command)
  const isIdle = others.every(({ command }) => isUpkeep(command) && command.context.length === 0)
  const edit = isIdle && at.step.instruction.flags.length === 0 ? 'only' : withoutCommand(dockerfile, at)
  return edit === 'only' ? withoutStep(dockerfile, at.step) : edit
}

/** An index that nobody installs from, and what takes it away again. */
const isUpkeep = (command: CommandAt['command']): boolean => {
  const action = packageRequest(command)?.action
  if (action === 'update-index' || action === 'clean') return true
  return (
    command.name === 'rm' &&
    command.operands.every(({ text }) => /^\/var\/(?:lib\/apt\/lists|cache\/(?:apt|apk|yum|dnf))/.test(text))
  )
}

const withoutWord = ({ dockerfile }: HardenSubject, at: CommandAt, { word }: RequestedPackage): Edit | undefined =>
  removeOption(dockerfile, at, { name: word.text, word, value: undefined, span: word.span } as Parameters<typeof removeOption>[2])
