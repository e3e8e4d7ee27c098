/**
 * A HEALTHCHECK that asks the service by what the image has anyway: its own runtime, BusyBox’s wget on Alpine, curl where nginx’s own image brings it. Nothing is installed
 * for it. Kubernetes ignores it (its probes are its own), and it does no harm there. https://docs.docker.com/reference/dockerfile/#healthcheck
 */
import { lineage } from '../../../judge/dockerfile-queries.ts'
import { exposedPorts } from '../../../judge/ports.ts'
import type { Stage } from '../../../read/dockerfile/graph.ts'
import { asMap, get } from '../../../read/yaml/fields.ts'
import { integerOf, stringOf } from '../../../read/yaml/scalars.ts'
import { servicesOf, workloadsOf } from '../beside.ts'
import { familyOf } from '../family.ts'
import { isOpenEnded, keyword, linesAfter, linesBefore } from '../place.ts'
import { proposedRun } from '../proposed-run.ts'
import { serverOf } from '../servers.ts'
import { startedPrograms, startOf } from '../start.ts'
import { type HardenSubject, transformation } from '../transformation.ts'

export default transformation({
  title: 'Ask the service whether it is well, by its own runtime',
  why: 'Without a HEALTHCHECK Docker sees only whether the process is there: one that hangs after an attack or on a full disk counts as healthy, and nothing replaces it. Asking with what the image has anyway keeps tools such as curl out of it, which an attacker would use as well.',
  level: 'balanced',
  safety: 'unsafe',
  order: 700,
  supersedes: ['dockerfile/healthcheck'],
  apply(subject) {
    const { dockerfile } = subject
    const stage = dockerfile.final
    if (!stage || isOpenEnded(dockerfile)) return undefined
    const steps = lineage(stage)
    const has = (name: string): boolean => steps.some(({ instruction }) => instruction.name === name)
    if (has('HEALTHCHECK') || !(has('CMD') || has('ENTRYPOINT') || serverOf(subject, stage))) return undefined
    if (stage.root.kind === 'image' && /lambda|functions/.test(stage.root.reference.repository)) return undefined
    if (servicesOf(subject).some(({ container }) => container.healthcheck.value !== 'image')) return undefined
    const asked = question(subject)
    if (!asked) {
      // A program that nobody can ask: a tool, a worker.
      if (!has('EXPOSE')) return undefined
      return {
        leftOut: 'which of its ports answers is not known',
        check: ['A path that tells whether it is well, in a HEALTHCHECK or a probe'],
      }
    }
    const words = command(stage, asked)
    if (!words)
      return {
        leftOut: `nothing in the image can ask ${urlOf(asked)}, and nothing is installed for it`,
        check: [
          'A flag of the program itself that asks and exits with 0 or 1, or a probe from outside: Compose’s and Kubernetes’ `httpGet` and `tcpSocket` need nothing in the image',
        ],
      }
    const line = `${keyword(dockerfile, 'HEALTHCHECK')} --interval=30s --timeout=5s --start-period=15s ${dockerfile.tree.escape}`
    const second = `    ${keyword(dockerfile, 'CMD')} [${words.map(word => JSON.stringify(word)).join(', ')}]`
    const place = stage.steps.find(
      ({ instruction, onbuild }) => !onbuild && (instruction.name === 'CMD' || instruction.name === 'ENTRYPOINT'),
    )
    return {
      title:
        asked.path === undefined ? `Ask port ${asked.port} whether anybody answers` : `Ask ${urlOf(asked)} whether it is well`,
      risk: 'a service that needs longer than 15 seconds to start counts as unhealthy until it answers',
      edits: [
        place
          ? linesBefore(dockerfile, place, [line, second])
          : linesAfter(dockerfile, stage.steps.at(-1) ?? stage.from, [line, second]),
      ],
    }
  },
})

/** `path` undefined: only whether something accepts connections. */
type Question = { readonly port: number; readonly path: string | undefined }

const urlOf = ({ port, path = '/' }: Question): string => `http://127.0.0.1:${port}${path}`

/** Of a probe of Kubernetes first, then what the project’s files say; of several ports nobody knows which. */
const question = (subject: HardenSubject): Question | undefined => {
  for (const { container, read } of workloadsOf(subject)) {
    const node = read.nodeOf.get(container)?.container
    for (const probe of ['livenessProbe', 'readinessProbe']) {
      const ask = asMap(get(node, probe, 'httpGet'))
      const path = stringOf(get(ask, 'path'))
      const port = integerOf(get(ask, 'port'), 'kubernetes')
      if (path !== undefined && isPlain(path) && port !== undefined && stringOf(get(ask, 'scheme'))?.toUpperCase() !== 'HTTPS')
        return { port, path }
    }
  }
  const { ports } = proposedRun(subject)
  const stage = subject.dockerfile.final
  // `EXPOSE $PORT` without a value: whoever starts it says which, and may say another than what the sources do.
  const { escape } = subject.dockerfile.tree
  const steps = stage ? lineage(stage) : []
  if (steps.some(step => step.instruction.name === 'EXPOSE' && exposedPorts(step, escape).some(({ known }) => !known)))
    return undefined
  if (stage && startsOnVariable(stage)) return undefined
  const port =
    ports.length === 1 ? ports[0] : stage && serverOf(subject, stage) ? ports.find(one => one === 8080 || one === 80) : undefined
  if (port === undefined) return undefined
  const path = subject.project.stacks.flatMap(({ healthPaths }) => healthPaths.map(({ value }) => value)).find(isPlain)
  return { port, path }
}

/** `gunicorn --bind :$PORT`, where the image gives it no value. */
const startsOnVariable = (stage: Stage): boolean => {
  const { entrypoint, cmd } = startOf(stage)
  const text = [entrypoint, cmd].map(step => step?.instruction.argument.text ?? '').join(' ')
  return [...text.matchAll(/\$\{?(\w*PORT)\b(?!:?-)/g)].some(([, name]) => stage.end.variables.get(name!)?.value === undefined)
}

const isPlain = (path: string): boolean => /^\/[\w./-]{0,200}$/.test(path)

/** The words of the exec form; undefined where the image has nothing to ask with. */
const command = (stage: Stage, asked: Question): readonly string[] | undefined => {
  const { port, path } = asked
  const programs = startedPrograms(startOf(stage))
  const reference = stage.root.kind === 'image' ? stage.root.reference : undefined
  const name = reference ? `${reference.registry}/${reference.repository}` : ''
  const family = familyOf(stage)
  const isNode = /(?:^|\/)node$/.test(reference?.repository ?? '') || programs.has('node')
  if (isNode || /^gcr\.io\/distroless\/nodejs/.test(name)) {
    const node = /^gcr\.io\/distroless\//.test(name) ? '/nodejs/bin/node' : 'node'
    return [
      node,
      '-e',
      path === undefined
        ? `require('node:net').connect(${port},'127.0.0.1').on('connect',()=>process.exit(0)).on('error',()=>process.exit(1))`
        : `require('node:http').get('${urlOf(asked)}',r=>process.exit(r.statusCode<400?0:1)).on('error',()=>process.exit(1))`,
    ]
  }
  const python = [...programs].find(one => /^python3?(?:\.\d+)?$/.test(one))
  const isPython = /(?:^|\/)(?:python|pypy)$/.test(reference?.repository ?? '') || /^gcr\.io\/distroless\/python3/.test(name)
  if (python !== undefined || isPython) {
    const program = /^gcr\.io\/distroless\//.test(name)
      ? '/usr/bin/python3'
      : isPython && /python$/.test(name)
        ? 'python'
        : (python ?? 'python3')
    return [
      program,
      '-c',
      path === undefined
        ? `import socket; socket.create_connection(('127.0.0.1', ${port}), 3)`
        : `import urllib.request; urllib.request.urlopen('${urlOf(asked)}', timeout=3)`,
    ]
  }
  // The interpreter for the command line is in each variant: https://hub.docker.com/_/php
  if (/^docker\.io\/library\/(?:php|wordpress|drupal)$/.test(name))
    return [
      'php',
      '-r',
      path === undefined
        ? `exit(@fsockopen('127.0.0.1', ${port}, $n, $e, 3) ? 0 : 1);`
        : `exit(@file_get_contents('${urlOf(asked)}') === false ? 1 : 0);`,
    ]
  if (/(?:^|\/)ruby$/.test(reference?.repository ?? ''))
    return path === undefined
      ? ['ruby', '-rsocket', '-e', `TCPSocket.new('127.0.0.1', ${port})`]
      : ['ruby', '-rnet/http', '-e', `exit Net::HTTP.get_response(URI('${urlOf(asked)}')).code.to_i < 400`]
  // BusyBox, as Alpine builds it, has both.
  if (family === 'alpine')
    return path === undefined && !isWeb(name)
      ? ['nc', '-z', '127.0.0.1', String(port)]
      : ['wget', '-q', '-O', '/dev/null', urlOf(asked)]
  // https://github.com/nginx/docker-nginx: the Debian variant installs curl.
  if (/^docker\.io\/library\/nginx$/.test(name) && !/slim/.test(reference?.tag ?? ''))
    return ['curl', '-fsS', '-o', '/dev/null', urlOf(asked)]
  // Bash of Debian, Ubuntu and the Red Hat family opens connections itself: https://www.gnu.org/software/bash/manual/html_node/Redirections.html
  if (family === 'debian' || family === 'rpm') {
    const open = `exec 3<>/dev/tcp/127.0.0.1/${port}`
    const ask = `printf 'GET ${path} HTTP/1.0\\r\\nHost: localhost\\r\\n\\r\\n' >&3 && read -r _ status _ <&3 && ((status < 400))`
    return ['bash', '-c', path === undefined ? open : `${open} && ${ask}`]
  }
  return undefined
}

const isWeb = (name: string): boolean => /\/(?:nginx|nginx-unprivileged|httpd)$/.test(name)
