/** Paths in the image: where steps put files, which of them are the program, and where the program writes. */

import { lineage } from '../../judge/dockerfile-queries.ts'
import { knownProgram } from '../../judge/known-programs.ts'
import type { Stage, Step } from '../../read/dockerfile/graph.ts'
import { expandWord } from '../../read/dockerfile/read-dockerfile.ts'
import { servicesOf } from './beside.ts'
import { contextText, startedPrograms, startOf } from './start.ts'
import type { HardenSubject } from './transformation.ts'

/**
 * Absolute and without `.` and `..`; undefined where a variable, a pattern or an unknown folder is in it, and where it would be more than a path in what is made
 * of it: a line of a Dockerfile, a command, `-v PATH`, of which a colon makes a mount of the host.
 */
export const resolvedPath = (text: string, folder: string | undefined): string | undefined => {
  if (text === '' || /[$`*?[\]{}~\\;&|<>()'"!#:,\p{C}]/u.test(text)) return undefined
  const whole = text.startsWith('/') ? text : folder === undefined ? undefined : `${folder}/${text}`
  if (whole === undefined) return undefined
  const names: string[] = []
  for (const name of whole.split('/')) {
    if (name === '..') names.pop()
    else if (name !== '' && name !== '.') names.push(name)
  }
  return `/${names.join('/')}`
}

export const isInside = (path: string, folder: string): boolean =>
  path === folder || folder === '/' || path.startsWith(`${folder}/`)

const workdirOf = (state: Step['before']): string | undefined => {
  const { value } = state.workdir
  if (value === undefined) return '/'
  return value.known && value.absolute ? resolvedPath(value.path, '/') : undefined
}
export const workdirBefore = (step: Step): string | undefined => workdirOf(step.before)
export const workdirAtEnd = (stage: Stage): string | undefined => workdirOf(stage.end)

/** Where COPY and ADD put what they bring. */
export const destinationOf = (step: Step, escape: string): string | undefined => {
  const word = step.instruction.words.at(-1)
  if (!word) return undefined
  const { value, known } = step.instruction.json
    ? { value: step.instruction.json.values.at(-1) ?? '', known: true }
    : expandWord(word, step.before.variables, escape)
  return known ? resolvedPath(value, workdirBefore(step)) : undefined
}

/** Folders for everybody, that an engine makes anew, and that hold no files. */
const passing = /^\/(?:tmp|var\/tmp|dev|proc|sys|run|var\/run)(?:\/|$)/

/** VOLUME’s paths, with the steps that declare them; those that an engine makes anew anyway are not among them. */
export const volumesOf = (stage: Stage, escape: string): readonly { readonly path: string; readonly step: Step }[] =>
  lineage(stage)
    .filter(({ instruction }) => instruction.name === 'VOLUME')
    .flatMap(step => {
      const words =
        step.instruction.json?.values ??
        step.instruction.words.flatMap(word => {
          const { value, known } = expandWord(word, step.before.variables, escape)
          return known ? [value] : []
        })
      return words.flatMap(word => {
        const path = resolvedPath(word, '/')
        return path === undefined || path === '/' || passing.test(path) ? [] : [{ path, step }]
      })
    })

/** Names that people give to folders: of any other single word nobody can tell. */
const folderNames =
  /^(?:\.?cache|data|database|db|downloads?|files?|images?|jobs|logs?|media|output|outputs|exports?|imports?|public|queue|reports?|sessions?|spool|static|staticfiles|storage|store|temp|tmp|uploads?|uploaded|var|work|workspace|instance|[\w-]+(?:s|dir|folder))$/i

/** A single word that a source opens as a file, or that is called like none of the folders that people make. */
const isFile = (subject: HardenSubject, value: string, by: string): boolean => {
  if (!/^[\w-]+$/.test(value)) return false
  const text = contextText(subject, by)
  if (text === undefined) return !folderNames.test(value)
  const opened = new RegExp(
    `(?:open|Open|OpenFile|Create|create|put_contents|writeFile|writeFileSync|createWriteStream)\\(\\s*["'\`](?:\\./)?${value}["'\`]`,
  )
  return opened.test(text) || !(folderNames.test(value) || /mkdir|makedirs|MkdirAll|create_dir/i.test(text))
}

/** A folder that the program writes to, and the file that says so. */
export type Written = { readonly path: string; readonly by: string }

/** Of a file its folder: who makes files anew beside it needs that. */
const folderOf = (path: string): string =>
  /\/[^/]+\.[A-Za-z0-9]{1,8}$/.test(path) ? path.slice(0, path.lastIndexOf('/')) || '/' : path

const nginxCache = '/var/cache/nginx'
const isNginx = ({ root }: Stage): boolean => root.kind === 'image' && /(?:^|\/)nginx$/.test(root.reference.repository)
const namesCache = ({ project }: HardenSubject): boolean => [...project.texts.values()].some(text => text.includes(nginxCache))

/** Folders that the program writes to while it runs, as far as its project says; those that are emptied with the container anyway are not among them. */
export const writtenFolders = (subject: HardenSubject): readonly Written[] => {
  const { project, dockerfile } = subject
  const stage = dockerfile.final
  if (!stage) return []
  const workdir = workdirAtEnd(stage)
  const found = new Map<string, string>()
  // Its own temporary files go to /tmp; only a configuration that names the folder needs it.
  const usesCache = !(startedPrograms(startOf(stage)).has('nginx') || isNginx(stage)) || namesCache(subject)
  for (const { writes } of project.stacks)
    for (const { value, by } of writes) {
      const path = resolvedPath(value, workdir)
      if (path === undefined || /\s/.test(path) || passing.test(path) || (path === nginxCache && !usesCache)) continue
      const folder = value.endsWith('/') ? path : isFile(subject, value, by) ? (workdir ?? '/') : folderOf(path)
      if (!found.has(folder)) found.set(folder, by)
    }
  // A named volume takes over the owner of what is below it in the image, and is root's where nothing is: https://docs.docker.com/engine/storage/volumes/
  for (const { container, main } of servicesOf(subject))
    for (const { type, source, target, readOnly } of container.mounts) {
      const path = resolvedPath(target, '/')
      if (type !== 'volume' || source === undefined || readOnly || path === undefined || /\s/.test(path) || passing.test(path))
        continue
      if (!/(?:^|\/)(?:node_modules|vendor|\.venv|venv)$/.test(path) && !found.has(path)) found.set(path, main)
    }
  return [...found].map(([path, by]) => ({ path, by })).sort((a, b) => (a.path < b.path ? -1 : 1))
}

/** Folders of what the final image starts that must be writable though nothing need stay in them: `/var/cache/nginx`. */
export const scratchFolders = (stage: Stage): readonly string[] => {
  const reference = stage.root.kind === 'image' ? stage.root.reference : undefined
  const program = knownProgram(startOf(stage).words, reference?.familiar)
  if (!program) return []
  if (program.name === 'Apache httpd') {
    // The image of that name has all in one folder, Debian’s package in several.
    const isOwn = reference?.repository === 'library/httpd'
    return program.scratch.filter(path => path === '/tmp' || path.startsWith('/usr/local/apache2') === isOwn)
  }
  if (program.name !== 'nginx') return program.scratch
  // The vendor’s image keeps its temporary files in one place and writes its log to the output, packages of distributions do neither.
  const isVendors = reference !== undefined && /(?:^|\/)nginx(?:-unprivileged)?$/.test(reference.repository)
  return isVendors
    ? program.scratch.filter(path => path !== '/var/lib/nginx')
    : [...program.scratch.filter(path => path !== '/var/cache/nginx'), '/var/log/nginx']
}
