/**
 * A tool's file of credentials that COPY brings into the image → the fix: a secret mount for each RUN of that tool, else
 * advice.
 */

import type { Edit, Fix } from '../model/finding.ts'
import { positionAt, type Span } from '../model/text.ts'
import { readDockerIgnore } from '../read/dockerfile/dockerignore.ts'
import type { Dockerfile, Step } from '../read/dockerfile/graph.ts'
import { expandWord } from '../read/dockerfile/read-dockerfile.ts'
import type { Word } from '../read/dockerfile/syntax.ts'
import { hasOption } from '../read/shell/queries.ts'
import { mayDelete } from './deletion.ts'
import type { CommandAt } from './dockerfile-queries.ts'
import { commandsOf, fixBy, flagNamed, insertAt, mountsOf, removeAt, stepsNamed } from './dockerfile-queries.ts'
import type { BuildContext } from './dockerfile-rule.ts'
import { fileSecret } from './secret-ids.ts'
import { isTooLong, itemSpan, mountFile, mountForms, readOnlyAround, secretMount } from './secret-mount.ts'
import { isSecretName } from './secrets/secret-name.ts'
import { isReader, isRunner, nameOf, stepsAfter } from './variable-uses.ts'

type Kind = { readonly names: readonly string[]; readonly id: string; readonly tools: readonly string[] }

/** Which tools read which file. */
const kinds: readonly Kind[] = [
  { names: ['.npmrc'], id: 'npmrc', tools: ['npm', 'npx', 'yarn', 'pnpm', 'pnpx'] },
  { names: ['.pypirc'], id: 'pypirc', tools: ['twine', 'pip', 'pip3', 'flit'] },
  { names: ['pip.conf'], id: 'pip_conf', tools: ['pip', 'pip3'] },
  { names: ['.netrc', '_netrc'], id: 'netrc', tools: ['curl', 'wget', 'git', 'pip', 'pip3', 'go', 'ftp'] },
  { names: ['.git-credentials'], id: 'git_credentials', tools: ['git', 'go'] },
  { names: ['settings.xml'], id: 'maven_settings', tools: ['mvn', 'mvnw'] },
]

const baseName = (path: string): string => path.slice(path.lastIndexOf('/') + 1)

const advice = (text = 'Mount it for the one RUN that needs it (`RUN --mount=type=secret`), and name it in .dockerignore'): Fix =>
  fixBy('manual', text)

/**
 * `word` is the source of a COPY or ADD, `path` the same without quotes. Fixes are `unsafe`: the image no longer has the
 * file.
 */
export const secretFileFix = (
  dockerfile: Dockerfile,
  step: Step,
  word: Word,
  path: string,
  context: BuildContext | undefined,
): Fix => {
  if (isTooLong(dockerfile)) return advice()
  const name = baseName(path)
  const kind = kinds.find(({ names }) => names.includes(name))
  const target = kind && targetOf(dockerfile, step, path, kind)
  const removal = sourceRemoval(dockerfile, step, word)
  if (!kind || !target || !removal || step.onbuild || mountForms(dockerfile) === 'none') return advice()
  const { tools } = kind
  // Behind the RUN that deletes it nobody has it.
  const isRemoval = ({ command }: CommandAt): boolean =>
    command.name === 'rm' && command.operands.some(operand => baseName(operand.text) === name)
  const scope = stepsAfter(dockerfile, step, other => other.instruction.name === 'RUN' && [...commandsOf(other)].some(isRemoval))
  const id = fileSecret(dockerfile, path, kind, scope)
  const mount = `RUN --mount=${secretMount(id, [`target=${target}`])} …`
  const build = `\`docker build --secret id=${id},src=${path} .\``
  const line = (offset: number): number => positionAt(dockerfile.tree.lines, offset).line
  const named = new RegExp(`(?<![\\w.-])${RegExp.escape(name)}(?![\\w.-])`)
  const edits: Edit[] = [removal]
  let runs = 0
  let served = 0
  for (const other of scope) {
    const { instruction } = other
    const text = [instruction.argument.text, ...instruction.heredocs.map(({ content }) => content)].join('\n')
    if (other.onbuild || instruction.name !== 'RUN') {
      if (other.onbuild || /^(?:CMD|ENTRYPOINT|HEALTHCHECK)$/.test(instruction.name))
        if (named.test(text)) return atRunTime(id, target)
      continue
    }
    if (
      mountsOf(other).some(
        ({ type, ...mounted }) => type === 'secret' && (mounted.target === target || mounted.field('id')?.value === id),
      )
    ) {
      served++
      continue
    }
    const commands = [...commandsOf(other)]
    const removals = commands.filter(isRemoval)
    const deletions = commands.filter(at => !isRemoval(at) && mayDelete(at, target))
    const users = commands.filter(
      at =>
        !isRemoval(at) &&
        (at.command.name === 'mv' || !deletions.includes(at)) &&
        (tools.includes(at.command.name) || named.test(dockerfile.tree.text.slice(at.command.span.start, at.command.span.end))),
    )
    const changing = users.find(
      ({ command }) =>
        /^(?:cp|mv|ln|chmod|chown|install|sed|tee|touch|COPY)$/.test(command.name) ||
        command.redirects.some(({ operator, target: file }) => operator.includes('>') && file && named.test(file.text)),
    )
    if (changing)
      return advice(
        `\`${nameOf(changing.command)}\` in line ${line(changing.command.span.start)} changes it or copies it on: mount it where the tool looks for it (\`${mount}\`), and build with ${build}`,
      )
    const perhaps = users.length === 0 && commands.find(({ command }) => isRunner(command))
    if (perhaps)
      return advice(
        `Find out whether \`${nameOf(perhaps.command)}\` in line ${line(perhaps.command.span.start)} needs it: each RUN that does gets \`${mount}\`, and the COPY goes; build with ${build}`,
      )
    const deleting = deletions.find(({ command: { name } }) => users.length > 0 || !/^(?:rm|find|git)$/.test(name))
    if (deleting)
      return advice(
        `Remove the COPY, and let \`${nameOf(deleting.command)}\` in line ${line(deleting.command.span.start)} leave the file alone (what is mounted cannot be deleted); each RUN that needs it gets \`${mount}\`; build with ${build}`,
      )
    const readOnly = users.length > 0 ? readOnlyAround(other, target) : undefined
    if (readOnly !== undefined)
      return advice(
        `Remove the COPY; the RUN in line ${line(other.instruction.headSpan.start)} mounts \`${readOnly}\` read-only, and nothing can be mounted in it: mount the file where \`${nameOf(users[0]!.command)}\` looks for it besides (\`RUN --mount=${secretMount(id, [`target=/root/${name}`])} …\`); build with ${build}`,
      )
    if (users.length > 0) {
      runs++
      edits.push(mountFile(dockerfile, other, id, target))
    }
    for (const at of removals) {
      const mended = users.length > 0 ? withoutRemoval(dockerfile, at, name) : forced(dockerfile, at)
      if (!mended)
        return advice(
          `Remove the COPY and the \`rm\` in line ${line(at.command.span.start)} (what is mounted cannot be deleted); each RUN that needs the file gets \`${mount}\`; build with ${build}`,
        )
      edits.push(...mended)
    }
    for (const at of deletions)
      if (at.command.name === 'rm' && !at.command.operands.some(({ text: given }) => /[$`]/.test(given)))
        edits.push(...forced(dockerfile, at))
  }
  if (runs + served === 0) return advice()
  const variable = variableFor(dockerfile, step, tools)
  if (variable !== undefined)
    return advice(
      `If it only names \`\${${variable}}\`, it may stay, and the value comes by a secret mount; else each RUN that needs it gets \`${mount}\`, and the COPY goes: build with ${build}`,
    )
  const copiedOn = stepsNamed(dockerfile, 'COPY', 'ADD').find(
    other => flagNamed(other, 'from') && other.instruction.words.slice(0, -1).some(({ raw }) => named.test(raw)),
  )
  if (copiedOn) return advice(`Remove it here and from the COPY in line ${line(copiedOn.instruction.headSpan.start)}; ${mount}`)
  const ignored = ignoreEdit(dockerfile, step, path, context)
  const keptOut =
    ignored === 'unknown'
      ? ', and name it in the .dockerignore of the folder that the image is built with'
      : ignored
        ? `, and ${ignored.path} keeps it out`
        : ''
  const users =
    runs === 0 ? 'each RUN that needs it has' : runs === 1 ? 'the RUN that needs it gets' : `the ${runs} RUN that need it get`
  return fixBy(
    'unsafe',
    `Copy it no longer; ${users} a secret mount${keptOut}: build with ${build}`,
    ...edits,
    ...(ignored && ignored !== 'unknown' ? [ignored] : []),
  )
}

/** The variable that the tools get a secret by, so that the file perhaps holds its name only: `_authToken=${NPM_TOKEN}`. */
const variableFor = (dockerfile: Dockerfile, step: Step, tools: readonly string[]): string | undefined => {
  const isFor = (name: string): boolean => isSecretName(name) && tools.some(tool => isReader(name, tool))
  const declared = step.stage?.steps.flatMap(({ instruction }) =>
    instruction.name === 'ARG' || instruction.name === 'ENV' ? instruction.pairs.map(({ key }) => key) : [],
  )
  const mounted = stepsAfter(dockerfile, step).flatMap(other => [
    ...mountsOf(other).map(({ field }) => field('env')?.value ?? ''),
    ...[...dockerfile.tree.text.slice(other.instruction.span.start, other.instruction.span.end).matchAll(readFromFile)].map(
      ([, name]) => name!,
    ),
  ])
  return [...(declared ?? []), ...mounted].find(isFor)
}
const readFromFile = /export (\w{1,100})="\$\(cat \/run\/secrets\//g

/** Where the file is in the image, when that is certain. */
const targetOf = (dockerfile: Dockerfile, step: Step, path: string, kind: Kind): string | undefined => {
  const words = step.instruction.words
  const last = words.at(-1)
  if (!last || step.instruction.json || step.instruction.heredocs.length > 0 || words.length < 2 || /[$*?[]/.test(path))
    return undefined
  const { value, known } = expandWord(last, step.before.variables, dockerfile.tree.escape)
  if (!known || !/^[\w./@+-]+$/.test(value)) return undefined
  const workdir = step.before.workdir.value
  if (!value.startsWith('/') && !(workdir?.known && workdir.absolute)) return undefined
  const parts: string[] = []
  for (const part of (value.startsWith('/') ? value : `${workdir!.path}/${value}`).split('/')) {
    if (part === '..') parts.pop()
    else if (part !== '' && part !== '.') parts.push(part)
  }
  const full = `/${parts.join('/')}`
  const isFolder = words.length > 2 || /(?:^|\/)\.?$/.test(value) || full === workdir?.path
  // Without a final slash it is a folder if there is one in the image.
  if (!isFolder && !(baseName(full) === baseName(path) || kind.names.includes(baseName(full)))) return undefined
  const file = isFolder ? `${full === '/' ? '' : full}/${baseName(path)}` : full
  return /^[\w./@+-]+$/.test(file) ? file : undefined
}

const sourceRemoval = (dockerfile: Dockerfile, { instruction }: Step, word: Word): Edit | undefined => {
  const sources = instruction.words.slice(0, -1)
  if (instruction.json) return undefined
  if (sources.length === 1) return instruction.innerComments.length > 0 ? undefined : removeAt(dockerfile, instruction.span)
  const span = itemSpan(
    instruction,
    sources.map(one => one.span),
    sources.indexOf(word),
    instruction.words.at(-1)!.span,
  )
  return span && removeAt(dockerfile, span)
}

/** `rm x` → `rm -f x`, since the file is no longer there. */
const forced = (dockerfile: Dockerfile, { command, step }: CommandAt): readonly Edit[] => {
  if (hasOption(command, '-f', '--force')) return []
  // A word of its own in the JSON form, unless the list calls a shell.
  const isItem = step.instruction.json && command.context.length === 0
  return [insertAt(dockerfile, command.nameWord!.span.end, isItem ? ', "-f"' : ' -f')]
}

/** Takes the file out of an `rm`, or the `rm` out of the list of commands: what is mounted cannot be deleted. */
const withoutRemoval = (
  dockerfile: Dockerfile,
  { script, command, step }: CommandAt,
  name: string,
): readonly Edit[] | undefined => {
  const removed = command.operands.filter(operand => baseName(operand.text) === name)
  const cut = (span: Span): Edit | undefined => {
    const { text, escape } = dockerfile.tree
    let { start } = span
    for (;;) {
      const unit = text[start - 1]
      if (unit === ' ' || unit === '\t') start--
      else if (unit === '\n' && text[start - 2] === escape) start -= 2
      else if (unit === '\n' && text[start - 2] === '\r' && text[start - 3] === escape) start -= 3
      else break
    }
    const whole = { start, end: span.end }
    const hasComment = step.instruction.innerComments.some(one => one.span.start >= whole.start && one.span.start < whole.end)
    return hasComment ? undefined : removeAt(dockerfile, whole)
  }
  if (step.instruction.json) return undefined
  if (removed.length < command.operands.length) {
    const edits = removed.map(operand => cut(operand.span))
    return edits.every(edit => edit !== undefined) ? edits : undefined
  }
  const next = script.commands[script.commands.indexOf(command) + 1]
  const joints = ['&&', ';', '\n']
  if (!command.operatorSpan || !joints.includes(command.operator) || command.context.length > 0 || command.negated)
    return undefined
  if (next && !joints.includes(next.operator)) return undefined
  const edit = cut({ start: command.operatorSpan.start, end: command.span.end })
  return edit && [edit]
}

/**
 * A line of .dockerignore, unless the file is ignored already, or something else still takes it from the context: secrets come from outside. `unknown`: nobody
 * can tell which folder the context is.
 */
const ignoreEdit = (
  dockerfile: Dockerfile,
  step: Step,
  path: string,
  context: BuildContext | undefined,
): Edit | 'unknown' | undefined => {
  const clean = (text: string): string => text.replace(/^["']|["']$/g, '').replace(/^(?:\.?\/)+/, '')
  const own = clean(path)
  const isCopied = stepsNamed(dockerfile, 'COPY', 'ADD').some(
    other =>
      other !== step && !flagNamed(other, 'from') && other.instruction.words.slice(0, -1).some(({ raw }) => clean(raw) === own),
  )
  const isMounted = stepsNamed(dockerfile, 'RUN').some(other =>
    mountsOf(other).some(({ type, field }) => {
      if (type !== 'bind' || field('from')) return false
      const source = clean(field('source', 'src')?.value ?? '').replace(/\/+$/, '')
      return source === '' || source === '.' || source.includes('$') || own === source || own.startsWith(`${source}/`)
    }),
  )
  if (isCopied || isMounted) return undefined
  if (!context) return 'unknown'
  if (context.ignore === undefined) {
    if (!context.isSeen) return 'unknown'
    const file = context.path === '' ? '.dockerignore' : `${context.path}/.dockerignore`
    return { path: file, span: { start: 0, end: 0 }, text: `${own}\n` }
  }
  const { path: file, text } = context.ignore
  if (readDockerIgnore(text).excludes(own)) return undefined
  const end = text.includes('\r\n') ? '\r\n' : '\n'
  const at = { start: text.length, end: text.length }
  return { path: file, span: at, text: `${text === '' || text.endsWith('\n') ? '' : end}${own}${end}` }
}

const atRunTime = (id: string, target: string): Fix =>
  fixBy(
    'manual',
    `Pass it when the container starts, not in the image. Compose: \`services: { app: { secrets: [{ source: ${id}, target: ${target} }] } }\`; ` +
      `Kubernetes: a volume \`{ secret: { secretName: ${id.replaceAll('_', '-')} } }\` mounted at ${target}`,
  )
