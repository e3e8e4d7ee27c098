/** What a container of an image starts. https://docs.docker.com/reference/dockerfile/#understand-how-cmd-and-entrypoint-interact */
import type { ImageConfig } from '../../model/image.ts'
import { nameOf } from './paths.ts'

export type StartCommand = {
  /** The program and its arguments, those that only start others taken off. */
  readonly words: readonly string[]
  /** Whom one of these changes to. */
  readonly stepsDownTo: string | undefined
}

/** Undefined when the image names nothing to start. */
export const startCommand = ({ entrypoint, cmd }: Pick<ImageConfig, 'entrypoint' | 'cmd'>): StartCommand | undefined => {
  let words = [...(entrypoint ?? []), ...(cmd ?? [])]
  let stepsDownTo: string | undefined
  for (let i = 0; i < starterLimit && words.length > 0; i++) {
    const starter = starters.get(nameOf(words[0]!))
    if (!starter) break
    const { rest, user } = starter(words.slice(1))
    if (rest.length === 0) break
    stepsDownTo = user ?? stepsDownTo
    words = rest
  }
  return words.length === 0 ? undefined : { words, stepsDownTo }
}

const starterLimit = 8

type Started = { readonly rest: string[]; readonly user?: string }

/** Skips options; those in `valued` take the next word. `userOption`: the one whose value is the user. */
const afterOptions =
  (valued: ReadonlySet<string>, userOption = '') =>
  (words: readonly string[]): Started => {
    let user: string | undefined
    let i = 0
    for (; i < words.length && words[i]!.startsWith('-'); i++) {
      const word = words[i]!
      if (word === '--') {
        i++
        break
      }
      const [name = '', value] = word.split('=', 2)
      const taken = value ?? (valued.has(name) ? words[++i] : undefined)
      if (name === userOption) user = taken
    }
    return { rest: words.slice(i), ...(user === undefined ? {} : { user }) }
  }

const userFirst = ([user, ...rest]: readonly string[]): Started => ({ rest, ...(user === undefined ? {} : { user }) })

const init = afterOptions(new Set(['-p', '-e', '-r', '--rewrite']))

/** Programs that start another one in their own place, or as their only child. */
const starters: ReadonlyMap<string, (words: readonly string[]) => Started> = new Map([
  ['tini', init],
  ['tini-static', init],
  ['docker-init', init],
  ['dumb-init', init],
  ['catatonit', init],
  ['gosu', userFirst],
  ['su-exec', userFirst],
  ['setuidgid', userFirst],
  ['s6-setuidgid', userFirst],
  // https://man7.org/linux/man-pages/man1/setpriv.1.html
  [
    'setpriv',
    afterOptions(new Set(['--reuid', '--regid', '--groups', '--inh-caps', '--ambient-caps', '--bounding-set']), '--reuid'),
  ],
  ['chpst', afterOptions(new Set(['-u', '-U', '-e', '-/', '-C', '-n', '-l', '-L', '-m', '-o']), '-u')],
  ['runuser', afterOptions(new Set(['-u', '--user', '-g', '-G']), '-u')],
  [
    'env',
    words => {
      const { rest } = afterOptions(new Set(['-u', '-C']))(words)
      const first = rest.findIndex(word => !word.includes('='))
      return { rest: first === -1 ? [] : rest.slice(first) }
    },
  ],
])

/** Linux's own, where the image sets no PATH. https://github.com/moby/moby/blob/master/oci/defaults.go */
const usualPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'

/** Where a program may lie, the first place first. Absolute or from the root; links are not followed. */
export const placesOf = (program: string, { env, workingDir }: Pick<ImageConfig, 'env' | 'workingDir'>): readonly string[] => {
  if (program.startsWith('/')) return [program]
  if (program.includes('/')) return [`${workingDir}/${program}`]
  const path = env.findLast(pair => pair.startsWith('PATH='))?.slice(5) ?? usualPath
  return path
    .split(':')
    .slice(0, 64)
    .map(folder => `${folder}/${program}`)
}
