/** What a profile is made for: an image, a container as a file declares it, or both. */
import type { ImageFacts } from '../../judge/image-rule.ts'
import { type KnownProgram, knownProgram } from '../../judge/known-programs.ts'
import type { Container } from '../../model/container.ts'
import { type StartCommand, startCommand } from '../../read/image/start-command.ts'

export type ProfileTarget = 'docker' | 'compose' | 'kubernetes'

/** What was read of an image. */
export type ProfileImage = Pick<ImageFacts, 'platform' | 'config' | 'census' | 'isWhole'>

export type ProfileSubject = {
  /** For names of objects and profiles: lower case letters, digits and hyphens, at most 40. */
  readonly name: string
  /** As runtimes ask for it; undefined where nobody says. */
  readonly imageName: string | undefined
  /** Undefined: nothing could be read of it. */
  readonly image: ProfileImage | undefined
  /** Undefined: an image alone. */
  readonly container: Container | undefined
}

/** Something that is set, and why. */
export type Reasoned<T> = { readonly value: T; readonly why: string }

/** What the container starts: the file's words where it has some, as runtimes put them together; else the image's. */
export const startOf = ({ image, container }: ProfileSubject): StartCommand | undefined => {
  const entrypoint = container?.entrypoint.value
  const command = container?.command.value
  const config = image?.config
  // Another entry point takes the image's arguments away as well.
  return startCommand({
    entrypoint: entrypoint ?? config?.entrypoint,
    cmd: command ?? (entrypoint === undefined ? config?.cmd : undefined),
  })
}

/** True when it starts what the image says, which is what was looked into. */
export const startsAsImageSays = ({ container }: ProfileSubject): boolean =>
  container?.entrypoint.value === undefined && container?.command.value === undefined

/** Which well-known program it is, by its start command, else by the image's name. */
export const programOf = (subject: ProfileSubject): KnownProgram | undefined =>
  knownProgram(startOf(subject)?.words ?? [], subject.imageName)

/** Any text → a name that Kubernetes, Compose and AppArmor take. Never empty. */
export const objectName = (text: string): string =>
  text
    .slice(0, 512)
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 40)
    .replace(/^-+|-+$/g, '') || 'container'

/** A path of a container that can stand in a flag, a rule and YAML alike: absolute, cleaned, without marks that mean something there. */
export const isPlainPath = (path: string): boolean =>
  path.length <= 255 && /^(?:\/[\w.+@-]+)+$/.test(path) && !path.split('/').some(part => part === '.' || part === '..')

/** `/var/run` is a link to `/run` in every distribution since 2012, and `/data/` is `/data`. */
export const cleanPath = (path: string): string => {
  const whole = `/${path.split('/').filter(Boolean).join('/')}`
  return whole === '/var/run' || whole.startsWith('/var/run/') ? whole.slice(4) : whole
}
