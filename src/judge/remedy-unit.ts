/** What can be done about packages of one ecosystem: one file each in `remedies/`, called by the type of their purls. */
import type { Owner, Snippet, Upgrade } from '../model/remedy.ts'
import { shellWord } from '../model/shell-word.ts'

/** An upgrade to a version that is known to exist, of a name that may stand in a command. */
export type Wanted = Upgrade & {
  /** The type of its purl. */
  readonly type: string
  readonly to: string
  /** Nothing but the application itself needs it, as far as the image tells. */
  readonly isDirect: boolean
  /** In which other versions the image has it, too. */
  readonly others: readonly string[]
}

/** What is known of the application and the image around the packages. */
export type Project = {
  /** Whose packages are upgraded. */
  readonly owner: Owner
  /** Lock files and manifests in the image, absolute paths. */
  readonly files: readonly string[]
  /** `Debian GNU/Linux 12 (bookworm)`, or ''. */
  readonly distro: string
  /** Names of the operating system's packages: which tools are there. */
  readonly tools: ReadonlySet<string>
  /** A root file system that nobody builds, as far as is known. */
  readonly isFolder: boolean
  /** Whether it is known which layers are the base's. */
  readonly hasBase: boolean
}

export type Advised = {
  /** How it is done, in one sentence or two. */
  readonly text: string
  readonly commands: readonly string[]
  readonly snippets?: readonly Snippet[]
}

export type RemedyUnit = {
  /** As people call it. */
  readonly title: string
  /**
   * Names that its tools accept, and that no shell and no file format reads in another way. Images come from strangers: what does not fit stands in no
   * command. The first character is never a dash, which would make it an option.
   */
  readonly name: RegExp
  /** Its tools take one version of a name, and refuse a second one or forget the first. */
  readonly isSingle?: true
  advise(upgrades: readonly [Wanted, ...Wanted[]], project: Project): Advised
}

/** Versions of whatever ecosystem, as far as they may stand in a command. */
export const plainVersion = /^[0-9A-Za-z][\w.+~:^-]{0,127}$/

/** So many words stand behind one command; a longer list makes several of them. */
const wordsInCommand = 20

/** `npm install a@1 b@2`; none for no words. */
export const commandsFor = (command: string, words: readonly string[], end = ''): readonly string[] => {
  const lines: string[] = []
  const all = [...new Set(words)]
  for (let i = 0; i < all.length; i += wordsInCommand)
    lines.push([command, ...all.slice(i, i + wordsInCommand).map(shellWord), ...(end === '' ? [] : [end])].join(' '))
  return lines
}

/** The last part of a path. */
export const fileName = (path: string): string => path.slice(path.lastIndexOf('/') + 1)

/** Of the project's files with one of these names, the one whose folder is nearest above the packages; else the first. */
export const nearestFile = (names: readonly string[], upgrades: readonly Upgrade[], { files }: Project): string | undefined => {
  const known = files.filter(path => names.includes(fileName(path)))
  const folderOf = (path: string): string => path.slice(0, path.lastIndexOf('/') + 1)
  const above = known
    .filter(path => upgrades.some(one => one.paths.some(at => at.startsWith(folderOf(path)))))
    .sort((a, b) => folderOf(b).length - folderOf(a).length)
  return above[0] ?? known[0]
}

/** `a`, `a and b`, `a, b and 3 more`. */
export const some = (items: readonly string[], most = 5): string => {
  const all = [...new Set(items)]
  const shown = all.length > most ? [...all.slice(0, most - 1), `${all.length - most + 1} more`] : all
  return shown.length <= 1 ? shown.join('') : `${shown.slice(0, -1).join(', ')} and ${shown.at(-1)}`
}

/** `lodash to 4.17.21 and minimist to 1.2.6`. */
export const goals = (upgrades: readonly Wanted[]): string => some(upgrades.map(({ name, to }) => `${name} to ${to}`))
