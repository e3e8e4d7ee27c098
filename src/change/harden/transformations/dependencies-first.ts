import { flagNamed, insertAt, lineEnd, mountsOf, replaceAt } from '../../../judge/dockerfile-queries.ts'
import { isEditable } from '../../../judge/package-queries.ts'
import type { Edit } from '../../../model/finding.ts'
import type { Stack } from '../../../model/project.ts'
import type { Stage, Step } from '../../../read/dockerfile/graph.ts'
import { expandWord } from '../../../read/dockerfile/read-dockerfile.ts'
import { folderOf, nameOf } from '../../../read/image/paths.ts'
import { packageRequest } from '../../../read/shell/packages.ts'
import { destinationOf, isInside } from '../image-paths.ts'
import { type Install, installsIn, manifestsFor, needsSources, stackOf } from '../installs.ts'
import { keyword, withoutCommand } from '../place.ts'
import { absolutePath } from '../step-effects.ts'
import { type Applied, type HardenSubject, type LeftOut, transformation } from '../transformation.ts'

/** Folders with manifests of which each gets a COPY of its own. */
const mostFolders = 8

export default transformation({
  title: 'Install the dependencies before the sources are copied',
  why: 'Each change of a source throws away the layers behind the COPY that brings it, and the dependencies are downloaded again. Builds that take minutes are builds that people put off, those for a security fix too. With the manifests first, only a change of these installs anew.',
  level: 'safe',
  safety: 'safe',
  order: 200,
  apply(subject) {
    let left: LeftOut | undefined
    for (const stage of subject.dockerfile.stages) {
      for (const install of installsIn(stage)) {
        const outcome = moved(subject, stage, install)
        if (outcome && 'edits' in outcome) return outcome
        left ??= outcome
      }
      const modules = modulesFirst(subject, stage)
      if (modules) return modules
    }
    return left
  },
})

const moved = (subject: HardenSubject, stage: Stage, install: Install): Applied | LeftOut | undefined => {
  const { dockerfile } = subject
  const { step, command } = install
  const at = stage.steps.indexOf(step)
  const copyAt = stage.steps
    .slice(0, at)
    .findLastIndex(one => /^(?:COPY|ADD)$/.test(one.instruction.name) && !flagNamed(one, 'from') && !one.onbuild)
  const copy = stage.steps[copyAt]
  if (!copy) return undefined
  const placed = placeOf(dockerfile.tree.escape, copy)
  const { value } = step.before.workdir
  const folder = value?.known && value.absolute ? absolutePath(value.path, '/') : value === undefined ? '/' : undefined
  if (!placed || folder === undefined) return undefined
  const inner =
    folder === placed.target
      ? ''
      : folder.startsWith(`${placed.target === '/' ? '' : placed.target}/`)
        ? folder.slice(placed.target === '/' ? 1 : placed.target.length + 1)
        : undefined
  if (inner === undefined) return undefined
  const found = stackOf(subject, install.tool, [placed.source, inner].filter(part => part !== '').join('/'))
  if (!found) return undefined
  const stack = { ...found, manifests: manifestsFor(subject, install, found) }
  // Only manifests are copied: it is so already.
  const source = placed.source === '' ? '' : `${placed.source}/`
  if (![...subject.project.files].some(file => file.startsWith(source) && !stack.manifests.includes(file))) return undefined
  const check = ['Copy the manifests and the lock file, install, and copy the rest behind that']
  if (subject.project.isCut) return { leftOut: 'the build context has more files than were looked at', check }
  if (stack.manifests.length === 0 || stack.manifests.some(file => !file.startsWith(source)))
    return { leftOut: 'some manifests lie outside of what is copied here', check }
  const between = stage.steps
    .slice(copyAt + 1, at)
    .find(one => !isNeutral(one) && !isElsewhere(one, placed.target, dockerfile.tree.escape))
  if (between)
    return {
      leftOut: `a step between may need the sources: \`${firstLine(dockerfile.tree.text, between)}\``,
      check,
    }
  if (
    !isEditable(install) ||
    command.context.length > 0 ||
    mountsOf(step).some(({ type }) => type === 'bind') ||
    (command.operator !== 'first' && !follows(install))
  )
    return { leftOut: 'the dependencies are installed among other commands', check }
  const reason = needsSources(subject, install, stack)
  if (reason !== undefined) return { leftOut: reason, check }
  return edited(subject, copy, install, stack, source)
}

/** Go downloads by itself when it builds: with a step of its own these layers stay. */
const modulesFirst = (subject: HardenSubject, stage: Stage): Applied | undefined => {
  const { dockerfile, project } = subject
  const isBuild = (step: Step): boolean =>
    step.instruction.name === 'RUN' &&
    step.scripts.some(({ commands }) =>
      commands.some(({ name, operands }) => name === 'go' && /^(?:build|install|get)$/.test(operands[0]?.text ?? '')),
    )
  const build = stage.steps.find(isBuild)
  if (!build) return undefined
  const before = stage.steps.slice(0, stage.steps.indexOf(build))
  const copies = before.filter(one => /^(?:COPY|ADD)$/.test(one.instruction.name) && !flagNamed(one, 'from') && !one.onbuild)
  const [copy, ...others] = copies
  const placed = copy && placeOf(dockerfile.tree.escape, copy)
  const stack = placed && stackOf(subject, 'go', placed.source)
  if (!copy || !placed || !stack || others.length > 0 || stack.manifests.length === 0 || project.isCut) return undefined
  // The manifests go where the sources go, and the step runs there.
  const { value } = copy.before.workdir
  if (placed.target !== (value?.known && value.absolute ? absolutePath(value.path, '/') : undefined)) return undefined
  const source = placed.source === '' ? '' : `${placed.source}/`
  const isPlain =
    /^[\w./@+-]*$/.test(source) && stack.manifests.every(file => file === `${source}go.mod` || file === `${source}go.sum`)
  const hasVendor = [...project.files].some(file => file.startsWith(`${source}vendor/`))
  const downloads = before.some(({ scripts }) => scripts.some(({ text }) => /\bgo\s+mod\b/.test(text)))
  if (!isPlain || hasVendor || downloads || mountsOf(build).length > 0) return undefined
  const start = (copy.instruction.comments[0] ?? copy.instruction).span.start
  const newline = lineEnd(dockerfile)
  const lines = [
    `${keyword(dockerfile, 'COPY')} ${stack.manifests.join(' ')} ./`,
    `${keyword(dockerfile, 'RUN')} go mod download`,
  ]
  return { edits: [insertAt(dockerfile, start, `${lines.join(newline)}${newline}`)] }
}

/** What a COPY of one folder brings, and where to: the folder in the context, the folder in the image. */
const placeOf = (escape: string, copy: Step): { readonly source: string; readonly target: string } | undefined => {
  const { words, heredocs } = copy.instruction
  if (words.length !== 2 || heredocs.length > 0) return undefined
  const [from, to] = words.map(word => expandWord(word, copy.before.variables, escape))
  const { value } = copy.before.workdir
  const base = value?.known && value.absolute ? value.path : value === undefined ? '/' : undefined
  const target = to!.known ? absolutePath(to!.value, base) : undefined
  const source = from!.known && !/^[a-z]+:\/\//i.test(from!.value) ? absolutePath(from!.value, '/')?.slice(1) : undefined
  return target === undefined || source === undefined ? undefined : { source, target }
}

/** What comes from another image, or stage, to a place of its own: `COPY --from=composer /usr/bin/composer /usr/bin/composer`. */
const isElsewhere = (step: Step, target: string, escape: string): boolean => {
  if (step.instruction.name !== 'COPY' || !flagNamed(step, 'from')) return false
  const to = destinationOf(step, escape)
  return to !== undefined && target !== '/' && !isInside(to, target) && !isInside(target, to)
}

/** As written. */
const firstLine = (text: string, { instruction: { span } }: Step): string =>
  text.slice(span.start, Math.min(span.end, span.start + 60)).split(/\r?\n/)[0]!

/** Steps that have nothing to do with the sources. */
const isNeutral = ({ instruction, scripts }: Step): boolean => {
  if (instruction.name !== 'RUN') return /^(?:ARG|ENV|LABEL|EXPOSE|WORKDIR|SHELL|STOPSIGNAL|VOLUME)$/.test(instruction.name)
  return scripts.every(
    ({ commands, errors }) =>
      errors.length === 0 &&
      commands.every(command => {
        const request = packageRequest(command)
        const isNamed = request && request.packages.length > 0 && request.packages.every(({ kind }) => kind === 'name')
        return isNamed || (request && request.action !== 'install') || /^(?:rm|echo|set|true|corepack|mkdir)$/.test(command.name)
      }),
  )
}

/** All before it in the step installs something too, or says where. */
const follows = ({ script, command }: Install): boolean =>
  command.operator === '&&' &&
  script.commands.slice(0, script.commands.indexOf(command)).every(one => {
    const request = packageRequest(one)
    return request !== undefined && request.packages.length > 0 && request.packages.every(({ kind }) => kind === 'name')
  })

/** Manifests that an earlier COPY puts to the same place. */
const copiedBefore = (escape: string, copy: Step): ReadonlySet<string> => {
  const steps = copy.stage!.steps
  const target = placeOf(escape, copy)?.target
  return new Set(
    steps.slice(0, steps.indexOf(copy)).flatMap(one => {
      const { name, words, heredocs } = one.instruction
      if (name !== 'COPY' || one.onbuild || heredocs.length > 0 || flagNamed(one, 'from')) return []
      const values = words.map(word => expandWord(word, one.before.variables, escape))
      const { value } = one.before.workdir
      const to = absolutePath(values.at(-1)?.value ?? '', value?.known && value.absolute ? value.path : '/')
      return to === target ? values.slice(0, -1).flatMap(({ value: source, known }) => (known ? [source] : [])) : []
    }),
  )
}

const edited = (subject: HardenSubject, copy: Step, install: Install, stack: Stack, source: string): Applied | LeftOut => {
  const { dockerfile } = subject
  const { text } = dockerfile.tree
  const newline = lineEnd(dockerfile)
  const word = keyword(dockerfile, 'COPY')
  const there = copiedBefore(dockerfile.tree.escape, copy)
  const flags = copy.instruction.flags.map(({ span }) => `${text.slice(span.start, span.end)} `).join('')
  const target = copy.instruction.json ? copy.instruction.json.values[1]! : copy.instruction.words[1]!.raw
  const folders = Map.groupBy(
    stack.manifests.filter(file => !there.has(file)),
    file => folderOf(file),
  )
  if (folders.size > mostFolders || stack.manifests.some(file => /[\s"'$*?[\]\\]/.test(file)))
    return {
      leftOut: `manifests lie in ${folders.size} folders`,
      check: ['Copy each to its place, and install before the rest is copied'],
    }
  const lines = [...folders].map(([folder, files]) => {
    const inner = folder.slice(Math.min(folder.length, source.length))
    const names = files.map(file => (folder === '' ? nameOf(file) : file))
    const base = target.replace(/\/+$/, '')
    const to = inner === '' ? `${base}/` : base === '.' ? `${inner}/` : `${base}/${inner}/`
    return `${word} ${flags}${names.join(' ')} ${to === '/' && !target.startsWith('/') ? './' : to}`
  })
  const { step, command } = install
  const cut =
    step.scripts.length === 1 && step.scripts[0]!.commands.at(-1) === command ? 'whole' : withoutCommand(dockerfile, install)
  if (cut === undefined)
    return {
      leftOut: 'the dependencies are installed among other commands',
      check: ['Give the command that installs a RUN of its own, before the sources are copied'],
    }
  // The author's COPY goes down, not the installation up: what is set between them (WORKDIR, ENV, ARG) stays before both.
  const start = (copy.instruction.comments[0] ?? copy.instruction).span.start
  const { end } = copy.instruction.span
  const block = text.slice(start, end).replace(/\r?\n$/, '')
  const manifests: Edit = replaceAt(dockerfile, { start, end }, lines.map(line => `${line}${newline}`).join(''))
  if (cut === 'whole' || cut === 'only') {
    const after = step.instruction.span.end
    return { edits: [manifests, insertAt(dockerfile, after, `${text[after - 1] === '\n' ? '' : newline}${block}${newline}`)] }
  }
  if (command.operator !== 'first') return { leftOut: 'the dependencies are installed among other commands', check: [] }
  const mounts = step.instruction.flags.map(({ span }) => `${text.slice(span.start, span.end)} `).join('')
  const run = `${keyword(dockerfile, 'RUN')} ${mounts}${text.slice(command.span.start, command.span.end)}`
  return { edits: [manifests, insertAt(dockerfile, step.instruction.span.start, `${run}${newline}${block}${newline}`), cut] }
}
