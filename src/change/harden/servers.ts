/**
 * Web servers whose configuration says on which port they listen, and where they write: nginx (https://nginx.org/en/docs/) and Apache httpd
 * (https://httpd.apache.org/docs/2.4/). To start as somebody else than root they need another port, and places of their own for the file of their process id and
 * for temporary files. Configuration that stands in the context is edited there; what comes with the image, by a step.
 */
import { basename } from 'node:path/posix'
import { flagNamed, lineage } from '../../judge/dockerfile-queries.ts'
import type { Edit } from '../../model/finding.ts'
import type { Stage, Step } from '../../read/dockerfile/graph.ts'
import { servicesOf, workloadsOf } from './beside.ts'
import { familyOf } from './family.ts'
import { destinationOf, isInside, resolvedPath } from './image-paths.ts'
import { contextText, reportedPath, startedPrograms, startOf } from './start.ts'
import type { HardenSubject } from './transformation.ts'

export type Server = {
  readonly name: string
  /** Why its configuration cannot be changed here. */
  readonly obstacle: string | undefined
  /** Of files of the context. */
  readonly edits: readonly Edit[]
  /** Commands of a step that changes what comes with the image; `OWNER` stands for the user. A line end in one is where it may be broken. */
  readonly commands: readonly string[]
  /** Ports that it listens on now. */
  readonly ports: readonly number[]
}

/** 80 → 8080, 443 → 8443, 81 → 8081. */
export const highPort = (port: number): number => (port === 443 ? 8443 : port + 8000)

const isLow = (port: number): boolean => port > 0 && port < 1024

export const serverOf = (subject: HardenSubject, stage: Stage): Server | undefined => {
  const server = findServer(subject, stage)
  if (!server) return undefined
  const mounted = server.obstacle === undefined ? mountedConfiguration(subject) : undefined
  if (mounted !== undefined)
    return { ...server, edits: [], commands: [], obstacle: `${mounted} brings its configuration from outside when it starts` }
  // A file that is copied to two places is edited once.
  const edits = new Map(server.edits.map(edit => [`${edit.path} ${edit.span.start} ${edit.span.end}`, edit]))
  return { ...server, edits: [...edits.values()] }
}

const configurationFolders = ['/etc/nginx', '/etc/apache2', '/usr/local/apache2/conf']

/** A service or container beside it that mounts something over the configuration: what is in the image then does not count. */
const mountedConfiguration = (subject: HardenSubject): string | undefined =>
  [...servicesOf(subject), ...workloadsOf(subject)].find(({ container }) =>
    container.mounts.some(({ target }) => {
      const path = resolvedPath(target, '/')
      return (
        path !== undefined &&
        configurationFolders.some(folder => isInside(path, folder) || (path !== '/' && isInside(folder, path)))
      )
    }),
  )?.container.name

const findServer = (subject: HardenSubject, stage: Stage): Server | undefined => {
  const programs = startedPrograms(startOf(stage))
  const name = stage.root.kind === 'image' ? stage.root.reference.repository : ''
  const tag = stage.root.kind === 'image' ? (stage.root.reference.tag ?? '') : ''
  const isAlone = startOf(stage).words.length === 0
  if (/(?:^|\/)library\/nginx$|^nginx$/.test(name) && (isAlone || programs.has('nginx') || programs.has('nginx-debug')))
    return nginx(subject, stage, 'vendor')
  if (programs.has('nginx') && !/unprivileged/.test(name))
    return startOf(stage).words.some(word => /^\/(?:.*\/)?nginx$/.test(word) && !/^\/usr\/s?bin\/nginx$/.test(word))
      ? { ...noServer, name: 'nginx', obstacle: 'it was built here, and where it keeps its files is not known', ports: [80] }
      : nginx(subject, stage, 'distribution')
  if (name === 'library/httpd' && (isAlone || programs.has('httpd') || programs.has('httpd-foreground')))
    return httpd(subject, stage)
  if (
    /^library\/(?:php|wordpress|drupal)$/.test(name) &&
    (programs.has('apache2-foreground') || (isAlone && (/apache/.test(tag) || (name !== 'library/php' && !/fpm/.test(tag)))))
  )
    return phpApache(subject, stage)
  if ([...programs].some(one => /^(?:apache2|apache2ctl|apachectl|httpd)$/.test(one)))
    return {
      name: 'Apache',
      obstacle: 'the distribution’s Apache keeps its files in many places',
      edits: [],
      commands: [],
      ports: [80],
    }
  return undefined
}

const noServer: Omit<Server, 'name'> = { obstacle: undefined, edits: [], commands: [], ports: [] }

type Copied = { readonly path: string; readonly text: string | undefined; readonly source: string }

/** Files that steps copy into a folder of the image: where they come to stand, and their text. */
const copiedInto = (subject: HardenSubject, stage: Stage, folder: string): readonly Copied[] => {
  const found: Copied[] = []
  const { escape } = subject.dockerfile.tree
  for (const step of lineage(stage)) {
    if (step.instruction.name !== 'COPY' && step.instruction.name !== 'ADD') continue
    const to = destinationOf(step, escape)
    if (to === undefined || !(isInside(to, folder) || isInside(folder, to))) continue
    const words = step.instruction.json?.values ?? step.instruction.words.map(({ raw }) => raw.replace(/^["']|["']$/g, ''))
    const written = words.at(-1) ?? ''
    for (const word of words.slice(0, -1)) {
      if (flagNamed(step, 'from') || /^[a-z]+:\/\//.test(word)) {
        if (!isInside(to, folder)) continue
        const source = flagNamed(step, 'from') && throughStage(subject, step, word)
        const path = source !== undefined && /(?:^|\/)conf\.d$/.test(to) ? `${to}/${basename(source)}` : to
        found.push({ path, text: source === undefined ? undefined : contextText(subject, source), source: source ?? word })
        continue
      }
      const source = (resolvedPath(word, '/') ?? '').slice(1)
      if (source === '' && !/^\.?\/?$/.test(word)) {
        if (isInside(to, folder)) found.push({ path: to, text: undefined, source: word })
        continue
      }
      const files = subject.project.files
      if (files.has(source)) {
        const isFolder = written.endsWith('/') || words.length > 2 || /(?:^|\/)conf\.d$/.test(to) || to === '/etc/nginx'
        const path = isFolder ? `${to}/${basename(source)}` : to
        if (isInside(path, folder)) found.push({ path, text: contextText(subject, source), source })
        continue
      }
      for (const file of files)
        if (source === '' || file.startsWith(`${source}/`)) {
          const path = `${to === '/' ? '' : to}/${source === '' ? file : file.slice(source.length + 1)}`
          if (isInside(path, folder)) found.push({ path, text: contextText(subject, file), source: file })
        }
    }
  }
  return found
}

/** What a COPY --from takes is a file of the context, where the other stage copies it as it is. */
const throughStage = (subject: HardenSubject, step: Step, word: string): string | undefined => {
  const target = step.stage?.uses.find(use => use.how === 'copy' && use.step === step)?.target
  const path = resolvedPath(word, '/')
  if (target?.kind !== 'stage' || path === undefined) return undefined
  for (const other of lineage(target.stage)) {
    if (other.instruction.name !== 'COPY' || flagNamed(other, 'from')) continue
    const to = destinationOf(other, subject.dockerfile.tree.escape)
    const words = other.instruction.json?.values ?? other.instruction.words.map(({ raw }) => raw)
    if (to === undefined || words.length !== 2 || !isInside(path, to)) continue
    const source = (resolvedPath(words[0]!, '/') ?? '').slice(1)
    const inside = path.slice(to === '/' ? 1 : to.length + 1)
    const file = inside === '' ? source : source === '' ? inside : `${source}/${inside}`
    if (subject.project.files.has(file)) return file
  }
  return undefined
}

/** A step that writes below a folder in a way of its own; `ours` marks what was written here. */
const writesInto = (stage: Stage, folder: string, ...ours: readonly string[]): Step | undefined =>
  lineage(stage).find(
    step =>
      step.instruction.name === 'RUN' &&
      step.scripts.some(
        ({ text, commands }) =>
          text.includes(folder) &&
          !ours.some(one => text.includes(one)) &&
          commands.some(
            ({ name, redirects, args }) =>
              redirects.some(({ target, operator }) => operator.includes('>') && (target?.text ?? '').startsWith(folder)) ||
              (/^(?:sed|tee|cp|mv|ln|envsubst|perl)$/.test(name) && args.some(({ text: word }) => word.startsWith(folder))),
          ),
      ),
  )

/** Its files of process ids and temporary files are in /tmp. */
export const keepsToTmp = (subject: HardenSubject, stage: Stage): boolean =>
  hasRun(stage, nginxPid) || copiedInto(subject, stage, '/etc/nginx').some(({ text }) => text?.includes(nginxPid) === true)

const hasRun = (stage: Stage, ours: string): boolean =>
  lineage(stage).some(step => step.instruction.name === 'RUN' && step.scripts.some(({ text }) => text.includes(ours)))

/** Places of a pattern in a configuration file, comments left out. */
function* matches(text: string, pattern: RegExp): Generator<RegExpExecArray> {
  for (const match of text.matchAll(pattern)) {
    const line = text.slice(text.lastIndexOf('\n', match.index) + 1, match.index)
    if (!line.includes('#')) yield match as RegExpExecArray
  }
}

const listens = /(?<=^|[\s{;])listen[ \t]+(?:\[[0-9a-fA-F:]*\]:|[\d.]+:|\*:)?(\d{1,5})(?=[\s;])/gm
const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(name => `${name}_temp_path /tmp/${name}_temp;`)
const nginxPid = '/tmp/nginx.pid'
/** What the site that comes with the image gets in place of 80. */
const sitePort = '\\18080\\3'
/** What Debian’s package and Alpine’s give to the user of their configuration. */
const nginxFolders = '/var/lib/nginx /var/log/nginx'

const nginx = (subject: HardenSubject, stage: Stage, layout: 'vendor' | 'distribution'): Server => {
  const main = '/etc/nginx/nginx.conf'
  const copied = copiedInto(subject, stage, '/etc/nginx')
  const server = (more: Partial<Server>): Server => ({
    name: 'nginx',
    obstacle: undefined,
    edits: [],
    commands: [],
    ports: [],
    ...more,
  })
  if (copied.some(({ path }) => path.startsWith('/etc/nginx/templates')))
    return server({ obstacle: 'its entry point writes the configuration out of templates when it starts', ports: [80] })
  const unknown = copied.find(({ text, path }) => text === undefined && /\.conf$|^\/etc\/nginx$|conf\.d$|sites-/.test(path))
  if (unknown) return server({ obstacle: `its configuration \`${unknown.source}\` could not be looked into`, ports: [80] })
  const step = writesInto(stage, '/etc/nginx', nginxPid, sitePort)
  if (step) return server({ obstacle: 'a step of the file writes its configuration', ports: [80] })
  const edits: Edit[] = []
  const ports: number[] = []
  const folder = subject.context?.path ?? ''
  for (const { path, text = '', source } of copied) {
    const file = reportedPath(folder, source)
    const replace = (start: number, end: number, by: string): void => {
      edits.push({ path: file, span: { start, end }, text: by })
    }
    for (const match of matches(text, listens)) {
      const port = Number(match[1])
      ports.push(port)
      if (isLow(port))
        replace(match.index + match[0].length - match[1]!.length, match.index + match[0].length, String(highPort(port)))
    }
    if (path === main) mainEdits(text, replace)
  }
  const commands: string[] = []
  const isDone = hasRun(stage, nginxPid)
  const hasMain = copied.some(({ path }) => path === main)
  const site =
    layout === 'vendor'
      ? '/etc/nginx/conf.d/default.conf'
      : familyOf(stage) === 'alpine'
        ? '/etc/nginx/http.d/default.conf'
        : '/etc/nginx/sites-available/default'
  const hasSite =
    copied.some(({ path }) => path === site || path === site.replace('available', 'enabled')) ||
    removes(stage, site) ||
    (hasMain && !/include\s+[^;]*(?:conf\.d|sites-enabled|http\.d)/.test(copied.find(({ path }) => path === main)?.text ?? ''))
  if (!isDone) {
    if (!hasMain)
      commands.push(
        [`sed -i -e '/^user /d' -e 's,^pid .*,pid ${nginxPid};,'`, `-e 's,^http {,http { ${temporary.join(' ')},'`, main].join(
          '\n',
        ),
      )
    if (!hasSite && !hasRun(stage, sitePort)) {
      ports.push(80)
      commands.push(`sed -i 's/\\(listen *\\(\\[::\\]:\\)*\\)80\\([; ]\\)/${sitePort}/' ${site}`)
    }
  }
  if (!hasSite && hasRun(stage, sitePort)) ports.push(8080)
  if (layout === 'distribution' && !hasRun(stage, ` ${nginxFolders}`)) commands.push(`chown -R OWNER ${nginxFolders}`)
  return server({ edits, commands, ports: [...new Set(ports)] })
}

const removes = (stage: Stage, path: string): boolean =>
  lineage(stage).some(step =>
    step.scripts.some(({ commands }) =>
      commands.some(
        ({ name, operands }) =>
          name === 'rm' &&
          operands.some(
            ({ text }) =>
              path === text ||
              (text.endsWith('*') && path.startsWith(text.slice(0, -1))) ||
              path.startsWith(`${text.replace(/\/$/, '')}/`) ||
              path.replace('available', 'enabled') === text,
          ),
      ),
    ),
  )

/** `user` has no meaning without root; the file of the process id and temporary files go to /tmp. */
const mainEdits = (text: string, replace: (start: number, end: number, by: string) => void): void => {
  const newline = text.includes('\r\n') ? '\r\n' : '\n'
  const [pid] = matches(text, /^[ \t]*pid[ \t]+([^;\s]+)[ \t]*;/gm)
  const [user] = matches(text, /^[ \t]*user[ \t]+[^;\n]*;[ \t]*(?:\r?\n|$)/gm)
  if (pid && pid[1] !== nginxPid) {
    const end = pid.index + pid[0].length
    replace(pid.index, end, `pid ${nginxPid};`)
  }
  if (user) replace(user.index, user.index + user[0].length, pid ? '' : `pid ${nginxPid};${newline}`)
  else if (!pid) replace(0, 0, `pid ${nginxPid};${newline}`)
  const [http] = matches(text, /^[ \t]*http[ \t\r\n]*\{/gm)
  if (!http) return
  const lines = temporary.filter(line => !text.includes(line.split(' ')[0]!)).map(line => `${newline}    ${line}`)
  const at = http.index + http[0].length
  if (lines.length > 0) replace(at, at, lines.join(''))
}

const apacheEdits = (subject: HardenSubject, copied: readonly Copied[], ports: number[]): readonly Edit[] =>
  copied.flatMap(({ text = '', source }) =>
    [...matches(text, /(?:^[ \t]*Listen[ \t]+(?:[^\s:]+:)?|<VirtualHost[ \t]+[^\s:>]+:)(\d{1,5})(?=[\s>]|$)/gim)].flatMap(
      match => {
        const port = Number(match[1])
        ports.push(port)
        const end = match.index + match[0].length
        return isLow(port)
          ? [
              {
                path: reportedPath(subject.context?.path ?? '', source),
                span: { start: end - match[1]!.length, end },
                text: String(highPort(port)),
              },
            ]
          : []
      },
    ),
  )

const apache = (more: Partial<Server>): Server => ({
  name: 'Apache',
  obstacle: undefined,
  edits: [],
  commands: [],
  ports: [],
  ...more,
})

const httpd = (subject: HardenSubject, stage: Stage): Server => {
  const folder = '/usr/local/apache2/conf'
  const copied = copiedInto(subject, stage, folder)
  const unknown = copied.find(({ text, path }) => text === undefined && /\.conf$|conf$|extra$/.test(path))
  if (unknown) return apache({ obstacle: `its configuration \`${unknown.source}\` could not be looked into`, ports: [80] })
  const ours = 'Listen 8080'
  const logs = 'chown OWNER /usr/local/apache2/logs'
  const isDone = hasRun(stage, ours) || hasRun(stage, '/usr/local/apache2/logs')
  if (writesInto(stage, folder, ours)) return apache({ obstacle: 'a step of the file writes its configuration', ports: [80] })
  const ports: number[] = []
  const edits = apacheEdits(subject, copied, ports)
  const hasMain = copied.some(({ path }) => path === `${folder}/httpd.conf`)
  if (!hasMain && !isDone) ports.push(80)
  const commands = isDone ? [] : [...(hasMain ? [] : [`sed -i 's/^Listen 80$/${ours}/' ${folder}/httpd.conf`]), logs]
  return apache({ edits, commands, ports: [...new Set(ports)] })
}

/** https://hub.docker.com/_/php: the variant with Apache runs under any user, but for the port. */
const phpApache = (subject: HardenSubject, stage: Stage): Server => {
  const copied = copiedInto(subject, stage, '/etc/apache2')
  const unknown = copied.find(({ text, path }) => text === undefined && /\.conf$/.test(path))
  if (unknown) return apache({ obstacle: `its configuration \`${unknown.source}\` could not be looked into`, ports: [80] })
  const ours = 'Listen 8080'
  const ports: number[] = []
  const edits = apacheEdits(subject, copied, ports)
  const hasPorts = copied.some(({ path }) => path === '/etc/apache2/ports.conf')
  if (hasPorts || hasRun(stage, ours)) return apache({ edits, ports: [...new Set(ports)] })
  return apache({
    edits,
    commands: [
      `sed -i 's/^Listen 80$/${ours}/' /etc/apache2/ports.conf`,
      `sed -i 's/:80>/:8080>/' /etc/apache2/sites-available/*.conf`,
    ],
    ports: [...new Set([80, ...ports])],
  })
}
