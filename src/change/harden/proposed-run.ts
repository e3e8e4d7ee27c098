/** How the hardened image is to be run: as whom, with what it may write to, and with no right that is not known to be needed. */
import { lineage } from '../../judge/dockerfile-queries.ts'
import { entryPointStepsDown, startCapabilities } from '../../judge/image-users.ts'
import { knownProgram } from '../../judge/known-programs.ts'
import { exposedPorts } from '../../judge/ports.ts'
import { startsByStepDown, stepDownEvidence } from '../../judge/step-down.ts'
import { leastRun, type ProposedRun } from '../../model/hardening.ts'
import type { Stage } from '../../read/dockerfile/graph.ts'
import { finalUser, idsText } from './final-user.ts'
import { scratchFolders, volumesOf, workdirAtEnd, writtenFolders } from './image-paths.ts'
import { keepsToTmp, serverOf } from './servers.ts'
import { startedPrograms, startOf } from './start.ts'
import type { HardenSubject } from './transformation.ts'

export const proposedRun = (subject: HardenSubject): ProposedRun => {
  const run = supposedRun(subject)
  const { seen } = subject
  if (!seen) return run
  return {
    ...run,
    readOnly: run.readOnly && seen.readOnly,
    capDrop: seen.capDrop ? run.capDrop : [],
    capAdd: [...new Set([...run.capAdd, ...seen.capAdd])],
    noNewPrivileges: run.noNewPrivileges && seen.noNewPrivileges,
  }
}

const supposedRun = (subject: HardenSubject): ProposedRun => {
  const { dockerfile } = subject
  const stage = dockerfile.final
  if (!stage) return leastRun
  const { escape } = dockerfile.tree
  const user = finalUser(stage)
  const ids = user.kind === 'ids' ? user.ids : user.kind === 'name' ? user.ids : user.kind === 'base' ? user.account : undefined
  const isRoot = user.kind === 'root'
  const volumes = volumesOf(stage, escape).map(({ path }) => path)
  // The folder of the program itself stays as it is: what it writes there it has to write elsewhere.
  const written = writtenFolders(subject)
    .map(({ path }) => path)
    .filter(path => path !== workdirAtEnd(stage))
  const all = scratchFolders(stage)
  const scratch =
    serverOf(subject, stage)?.name === 'nginx' && keepsToTmp(subject, stage) ? all.filter(path => path === '/var/log/nginx') : all
  const reference = stage.root.kind === 'image' ? stage.root.reference : undefined
  const data = knownProgram(startOf(stage).words, reference?.familiar)?.data ?? []
  const kept = [...new Set([...volumes, ...(volumes.length > 0 ? [] : data), ...written.filter(path => !isCache(path))])]
  const passing = ['/tmp', ...scratch, ...written.filter(isCache)].map(path => path.replace(/^\/var\/run(?=\/|$)/, '/run'))
  return {
    ...leastRun,
    user: ids && idsText(ids),
    tmpfs: [...new Set(passing)].filter(path => !kept.some(one => path === one || path.startsWith(`${one}/`))).sort(),
    volumes: kept.sort(),
    capAdd: isRoot ? needed(subject, stage) : [],
    // sudo and su are what the flag forbids.
    noNewPrivileges: !['sudo', 'su', 'doas'].some(name => startedPrograms(startOf(stage)).has(name)),
    init: needsInit(stage),
    ports: portsOf(subject, stage),
  }
}

/** What may go with the container. */
const isCache = (path: string): boolean => /(?:^|[/._-])(?:caches?|tmp|temp|logs?|run|sessions?|views)(?:\/|$)/.test(path)

/**
 * Capabilities that a process which starts as root is known to need. Another user gets nothing out of them: there are no ambient capabilities in containers.
 * Whoever gives up root by itself changes user and group, and the owners of its folders: https://github.com/tianon/gosu
 */
const needed = (subject: HardenSubject, stage: Stage): readonly string[] => {
  const found = new Set<string>()
  const reference = stage.root.kind === 'image' ? stage.root.reference : undefined
  if (stepDownEvidence(stage) !== undefined || startsByStepDown(stage))
    for (const one of ['CHOWN', 'SETGID', 'SETUID']) found.add(one)
  if (reference && entryPointStepsDown(reference)) for (const one of startCapabilities(reference) ?? []) found.add(one)
  const server = serverOf(subject, stage)
  if (server) for (const one of ['CHOWN', 'NET_BIND_SERVICE', 'SETGID', 'SETUID']) found.add(one)
  for (const program of startedPrograms(startOf(stage))) for (const one of programs[program] ?? []) found.add(one)
  if (portsOf(subject, stage).some(port => port < 1024)) found.add('NET_BIND_SERVICE')
  return [...found].sort()
}

/** https://man.openbsd.org/sshd (privilege separation), https://man7.org/linux/man-pages/man8/cron.8.html, http://supervisord.org/configuration.html (user). */
const programs: Readonly<Record<string, readonly string[]>> = {
  sshd: ['CHOWN', 'NET_BIND_SERVICE', 'SETGID', 'SETUID', 'SYS_CHROOT'],
  cron: ['SETGID', 'SETUID'],
  crond: ['SETGID', 'SETUID'],
  supervisord: ['SETGID', 'SETUID'],
  ping: ['NET_RAW'],
  tcpdump: ['NET_ADMIN', 'NET_RAW'],
}

/** A shell, or a program of a package manager, as the first process hands on no signals, and collects no children of others. */
const needsInit = (stage: Stage): boolean => {
  const start = startOf(stage)
  const programs = startedPrograms(start)
  if (['tini', 'dumb-init', 'catatonit', 's6-svscan'].some(name => programs.has(name)) || start.words[0] === '/init') return false
  const first = (start.words[0] ?? '').replace(/^.*\//, '')
  const inShell = [start.entrypoint, start.cmd].some(step => step !== undefined && step.instruction.json === undefined)
  return inShell || /^(?:npm|npx|yarn|pnpm|sh|bash|node|python[\d.]*)$/.test(first)
}

/** First the port that the program’s files state, last that of a debugger: `-agentlib:jdwp=…,address=*:5005`, `--inspect=0.0.0.0:9229`. */
const rankOf = (subject: HardenSubject, stage: Stage, port: number): number => {
  const start = startOf(stage)
  const debugged = new RegExp(`(?:address=|inspect(?:-brk)?=)(?:[\\w.*-]{0,60}:)?${port}\\b`)
  const texts = [start.entrypoint, start.cmd].map(step => step?.instruction.argument.text ?? '')
  if (texts.some(text => debugged.test(text))) return 2
  return subject.project.stacks.some(({ ports }) => ports.some(({ value }) => value === port)) ? 0 : 1
}

const portsOf = (subject: HardenSubject, stage: Stage): readonly number[] => {
  const exposed = lineage(stage)
    .filter(({ instruction }) => instruction.name === 'EXPOSE')
    .flatMap(step => exposedPorts(step, subject.dockerfile.tree.escape))
    .filter(
      ({ known, first, last, protocol }) =>
        known && first > 0 && first === last && last < 65536 && (protocol ?? 'tcp').toLowerCase() === 'tcp',
    )
    .map(({ first }) => first)
  if (exposed.length > 0)
    return [...new Set(exposed)].sort((a, b) => rankOf(subject, stage, a) - rankOf(subject, stage, b) || a - b)
  // Of a server the port that its configuration has; what a step of ours changed listens on 8080.
  const server = serverOf(subject, stage)
  if (server) return server.ports.length > 0 ? server.ports : [8080]
  // The author’s own statement comes first: PORT in the image, then what the program's files say.
  for (const name of ['PORT', 'ASPNETCORE_HTTP_PORTS', 'ASPNETCORE_URLS']) {
    const port = Number(/(?:^|:)(\d{1,5})\/?$/.exec(stage.end.variables.get(name)?.value ?? '')?.[1])
    if (port > 0 && port < 65536) return [port]
  }
  return [...new Set(subject.project.stacks.flatMap(({ ports }) => ports.map(({ value }) => value)))].sort((a, b) => a - b)
}
