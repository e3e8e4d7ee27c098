/**
 * Whether a command may delete a certain file. A secret mount is a mount point: deleting it, or its folder, fails with EBUSY
 * (https://man7.org/linux/man-pages/man2/unlink.2.html).
 */
import { pathNames } from '../read/image/paths.ts'
import { hasOption, pipelineOf } from '../read/shell/queries.ts'
import type { CommandAt } from './dockerfile-queries.ts'

/** `target` is the absolute path. In doubt, as with variables: yes. */
export const mayDelete = (at: CommandAt, target: string): boolean => {
  const { script, command } = at
  // `{}` is what the `find` around it gives; that is asked itself.
  const words = command.operands.map(({ text }) => text).filter(text => text !== '{}')
  const named = (texts: readonly string[], deep: boolean): boolean => texts.some(text => mayName(at, text, target, deep))
  switch (command.name) {
    case 'rm': {
      const deep = hasOption(command, '-r', '-R', '--recursive')
      if (command.operands.length > 0 || !command.wrappers.some(({ name }) => name === 'xargs')) return named(words, deep)
      const [first] = pipelineOf(script, command)
      return first?.name !== 'find' || finds(at, first.args.map(textOf), target)
    }
    case 'unlink':
    case 'shred':
      return named(words, false)
    case 'mv':
      return named(words.slice(0, -1), true)
    case 'find': {
      const args = command.args.map(textOf)
      const acts = args.some(
        (arg, i) => arg === '-delete' || (/^-(?:exec|ok)(?:dir)?$/.test(arg) && deleter.test(args[i + 1] ?? '')),
      )
      return acts && finds(at, args, target)
    }
    case 'git':
      return words[0] === 'clean'
    default:
      return false
  }
}

const textOf = ({ text }: { readonly text: string }): string => text
const deleter = /(?:^|\/)(?:rm|unlink|shred|mv|sh|bash|ash|dash|busybox)$/

/** Whether a pattern of the shell fits a name; `dots`: also when only the pattern's wildcard fits the dot at its beginning. */
const fits = (pattern: string, name: string, dots: boolean): boolean => {
  if (!dots && name.startsWith('.') && /^[*?[]/.test(pattern)) return false
  const parts = pattern.split(/(\*+|\?|\[[^\]]+\]|\{[^}]*\})/)
  const source = parts.map((part, i) => (i % 2 === 0 ? RegExp.escape(part) : /^[*{]/.test(part) ? '.*' : '.'))
  return new RegExp(`^${source.join('')}$`, 'i').test(name)
}

/** `deep`: also when it names one of the folders that the file is in. */
const mayName = ({ step, script }: CommandAt, text: string, target: string, deep: boolean): boolean => {
  if (/[$`]|\*\*/.test(text)) return true
  const wanted = pathNames(target)
  const workdir = step.before.workdir.value
  const isMoved = script.commands.some(({ name }) => name === 'cd' || name === 'pushd')
  const isRelative = !text.startsWith('/')
  if (isRelative && (text.startsWith('~') || isMoved || !(workdir?.known && workdir.absolute))) {
    const last = text.replace(/\/+$/, '').split('/').at(-1)!
    if (last === '' || last === '.' || last === '..' || last === '~') return deep
    return wanted.some((part, i) => (deep || i === wanted.length - 1) && fits(last, part, false))
  }
  const given = pathNames(isRelative ? `${workdir!.path}/${text}` : text)
  if (given.length > wanted.length || (!deep && given.length < wanted.length)) return false
  return given.every((part, i) => fits(part, wanted[i]!, false))
}

/** Whether `find` with these arguments may come upon the file, or a folder that it is in. */
const finds = (at: CommandAt, args: readonly string[], target: string): boolean => {
  const first = args.findIndex(arg => /^[-(!\\]/.test(arg))
  const roots = args.slice(0, first === -1 ? args.length : first)
  if (!(roots.length === 0 ? ['.'] : roots).some(root => mayName(at, root, target, true))) return false
  const names = args.flatMap((arg, i) =>
    /^-i?name$/.test(arg) && !/^(?:\\?!|-not)$/.test(args[i - 1] ?? '') ? [args[i + 1] ?? '*'] : [],
  )
  return names.length === 0 || names.some(name => /[$`]/.test(name) || pathNames(target).some(part => fits(name, part, true)))
}
