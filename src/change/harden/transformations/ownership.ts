/**
 * The program belongs to root and is only read by the user that runs it; what it writes to belongs to that user, and nothing is writable for everyone.
 * What the program writes is what its project says (`Stack.writes`), and VOLUME.
 */
import { type CommandAt, flagNamed, lineage, removeAt, replaceAt, withBlanksBefore } from '../../../judge/dockerfile-queries.ts'
import { isRoot } from '../../../judge/image-users.ts'
import { knownProgram } from '../../../judge/known-programs.ts'
import { isEditable } from '../../../judge/package-queries.ts'
import type { Edit } from '../../../model/finding.ts'
import type { Dockerfile, Stage, Step } from '../../../read/dockerfile/graph.ts'
import { hasOption, optionValue } from '../../../read/shell/queries.ts'
import { familyOf } from '../family.ts'
import { chooseUser, ownerText } from '../final-user.ts'
import { destinationOf, isInside, resolvedPath, volumesOf, workdirAtEnd, workdirBefore, writtenFolders } from '../image-paths.ts'
import { isOpenEnded, isPosixShell, keyword, lastChange, linesAfter, linesBefore, withoutCommand, withoutStep } from '../place.ts'
import { startOf } from '../start.ts'
import { joinTitles } from '../titles.ts'
import { type HardenSubject, transformation } from '../transformation.ts'

export default transformation({
  title: 'Leave the program to root, and give its user only the folders that it writes to',
  why: 'When the user that runs the program also owns it, an attacker who got in through one request can rewrite the program, and stays. When root owns it and the user only reads, nothing in the image can be changed by the process; what it has to write goes to a few folders that hold no code.',
  level: 'balanced',
  safety: 'unsafe',
  order: 500,
  supersedes: ['dockerfile/world-writable'],
  apply(subject) {
    const { dockerfile } = subject
    const stage = dockerfile.final
    const choice = chooseUser(subject)
    if (!stage || !choice || choice.kind === 'left' || isOpenEnded(dockerfile)) return undefined
    const owner = ownerText(choice)
    if (owner === undefined) return undefined
    const work = new Work(subject, stage, owner)
    work.flags()
    work.commands()
    work.builders()
    if (work.edits.length === 0) work.folders()
    if (work.edits.length > 0)
      return {
        title: joinTitles(work.titles),
        risk: 'files that only their owner may read (mode 600) can no longer be read, and a folder that nobody knew to be written to is read-only',
        check: ['Log in, upload, write a cache: what the program writes while it runs', ...work.left],
        edits: work.edits,
      }
    if (work.left.size === 0) return undefined
    return {
      leftOut: [...work.left].join('; '),
      check: ['Which folders the program writes to, and who owns them: `docker diff CONTAINER`'],
    }
  },
})

/** Folders that official images give to their user themselves. */
const ownedByImage = (stage: Stage): readonly string[] => {
  const name = stage.root.kind === 'image' ? `${stage.root.reference.registry}/${stage.root.reference.repository}` : ''
  if (name === 'docker.io/library/node') return ['/home/node']
  if (/^docker\.io\/library\/(?:php|wordpress|drupal)$/.test(name)) return ['/var/www/html']
  return []
}

/** Octal modes with the write bit for others and without the sticky one; symbolic ones that give it. */
const isOpenMode = (mode: string): boolean =>
  /^[0-7]{3,5}$/.test(mode)
    ? (Number.parseInt(mode, 8) & 0o1002) === 2
    : !/[+=][rwxXs]*t/.test(mode) && mode.split(',').some(clause => /^(?:[ug]*[oa][ugoa]*)[+=][rwxXs]*w/.test(clause))

const closedMode = (mode: string): string =>
  /^[0-7]+$/.test(mode)
    ? (Number.parseInt(mode, 8) & ~0o22).toString(8).padStart(mode.length, '0')
    : mode
        .split(',')
        .map(clause =>
          clause.replace(/^(?:[ug]*[oa][ugoa]*)([+=])([rwxXs]*)$/, (_, sign: string, bits: string) => closedClause(sign, bits)),
        )
        .join(',')

/** `a+rwx` → `u+w,a+rx`: everyone reads and starts, the owner writes. */
const closedClause = (sign: string, bits: string): string => {
  const rest = bits.replace('w', '')
  return rest === '' ? 'u+w' : `a${sign}${rest},u+w`
}

const isNonRoot = (state: Step['before']): boolean =>
  state.user.at !== undefined && !(state.user.value?.known === true && isRoot(state.user.value.value))

class Work {
  readonly edits: Edit[] = []
  readonly titles: string[] = []
  readonly left = new Set<string>()
  readonly #dockerfile: Dockerfile
  readonly #stage: Stage
  readonly #owner: string
  readonly #steps: readonly Step[]
  readonly #code: readonly string[]
  /** What has to be writable: by the project, and volumes. */
  readonly #written: readonly string[]
  readonly #isKnown: boolean

  constructor(subject: HardenSubject, stage: Stage, owner: string) {
    this.#dockerfile = subject.dockerfile
    this.#stage = stage
    this.#owner = owner
    this.#steps = lineage(stage)
    const { escape } = this.#dockerfile.tree
    const written = writtenFolders(subject).map(({ path }) => path)
    const volumes = volumesOf(stage, escape).map(({ path }) => path)
    this.#written = [...new Set([...written, ...volumes])]
    this.#code = this.#steps
      .filter(({ instruction }) => instruction.name === 'COPY' || instruction.name === 'ADD')
      .flatMap(step => destinationOf(step, escape) ?? [])
      .filter(path => path !== '/' && !/^\/(?:etc|usr|bin|sbin|lib|tmp|run|dev|var)(?:\/(?:s?bin|lib|local\/s?bin))?$/.test(path))
    const reference = stage.root.kind === 'image' ? stage.root.reference : undefined
    // Programs of PHP write caches, sessions and uploads beside their code, by ways that nobody finds in it.
    this.#isKnown =
      subject.project.stacks.some(({ name, writes }) => name !== 'php' || writes.length > 0) ||
      (subject.project.stacks.length === 0 &&
        !/(?:^|\/)php$/.test(reference?.repository ?? '') &&
        knownProgram(startOf(stage).words, reference?.familiar) !== undefined)
  }

  /** The program itself, and nothing that is written to. */
  #isCode(path: string): boolean {
    if (this.#written.some(folder => isInside(path, folder))) return false
    if (path === workdirAtEnd(this.#stage) && this.#code.length > 0) return true
    return this.#code.some(
      code => isInside(path, code) || (isInside(code, path) && !/^\/(?:home\/[^/]+|root|var|opt|srv|usr|)$/.test(path)),
    )
  }

  #holdsWritten(path: string): boolean {
    return this.#written.some(folder => folder === path)
  }

  /** A later step that runs as somebody else than root may write to what is copied before it. */
  #isBuiltOnAfter(step: Step): boolean {
    return this.#steps.slice(this.#steps.indexOf(step) + 1).some(one => one.instruction.name === 'RUN' && isNonRoot(one.before))
  }

  flags(): void {
    for (const step of this.#steps) {
      const chown = flagNamed(step, 'chown')
      const path = destinationOf(step, this.#dockerfile.tree.escape)
      if (
        chown?.value !== undefined &&
        !isRoot(chown.value) &&
        path !== undefined &&
        this.#isCode(path) &&
        !this.#holdsWritten(path)
      ) {
        if (!this.#isKnown) this.left.add('files of the program belong to its user, and what it writes is not known')
        else if (this.#isBuiltOnAfter(step)) this.left.add('a later step builds as that user in the folder of the program')
        else {
          const span = withBlanksBefore(this.#dockerfile, chown.span)
          if (this.#dockerfile.tree.text[span.start - 1] === '\n') this.left.add('`--chown` stands on a line of its own')
          else this.#do(`Copy \`${path}\` as root’s`, removeAt(this.#dockerfile, span))
        }
      }
      const mode = flagNamed(step, 'chmod')
      if (mode?.value !== undefined && mode.valueSpan && isOpenMode(mode.value) && !mode.value.includes('$'))
        this.#do('Let only the owner write', replaceAt(this.#dockerfile, mode.valueSpan, closedMode(mode.value)))
    }
  }

  commands(): void {
    for (const step of this.#steps) {
      if (step.instruction.name !== 'RUN') continue
      for (const script of step.scripts)
        for (const command of script.commands) {
          if (command.name === 'chown') this.#chown({ step, script, command })
          else if (command.name === 'chmod') this.#chmod({ step, script, command })
          // One edit for each instruction: the others come when it was read again.
          if (this.edits.some(({ span }) => span.start >= step.instruction.span.start && span.end <= step.instruction.span.end))
            break
        }
    }
  }

  /** COPY takes modes along: what everyone may write to in the stage that builds it, everyone may write to in the image. */
  builders(): void {
    for (const { how, target, step } of this.#stage.uses) {
      if (how !== 'copy' || target.kind !== 'stage') continue
      const sources = step.instruction.words.slice(0, -1).map(({ raw }) => raw.replace(/(?<=.)\/+$/, ''))
      for (const one of lineage(target.stage)) {
        if (one.instruction.name !== 'RUN') continue
        for (const script of one.scripts)
          for (const command of script.commands) {
            const at = { step: one, script, command }
            const mode = command.name === 'chmod' ? command.operands[0] : undefined
            const targets =
              mode?.literal && !mode.quoted && isOpenMode(mode.text) && isEditable(at) ? this.#targets(at) : undefined
            if (!targets?.some(path => sources.some(source => isInside(path, source) || isInside(source, path)))) continue
            if (this.edits.some(({ span }) => span.start >= one.instruction.span.start && span.end <= one.instruction.span.end))
              continue
            const isRecursive = hasOption(command, '-R', '--recursive')
            const edit = isRecursive ? withoutCommand(this.#dockerfile, at) : undefined
            if (edit) this.#do(chmodTitle, edit === 'only' ? withoutStep(this.#dockerfile, one) : edit)
            else this.#do('Let only the owner write', replaceAt(this.#dockerfile, mode!.span, closedMode(mode!.text)))
          }
      }
    }
  }

  #targets({ step, command }: CommandAt): readonly string[] | undefined {
    const words = command.operands.slice(1)
    const paths = words.map(word => (word.literal ? resolvedPath(word.text, workdirBefore(step)) : undefined))
    return paths.length > 0 && paths.every(path => path !== undefined) ? paths : undefined
  }

  #chown(at: CommandAt): void {
    const { command, step } = at
    const owner = command.operands[0]
    const targets = this.#targets(at)
    if (!owner || !targets || isRoot(owner.text) || isNonRoot(step.before)) return
    if (!targets.every(path => this.#isCode(path))) return
    // A home folder that its user may write to is no program.
    if (!hasOption(command, '-R', '--recursive') && targets.every(path => /^\/home\/[^/]+$/.test(path))) return
    if (!this.#isKnown) {
      this.left.add('the program is given to its user by `chown`, and what it writes is not known')
      return
    }
    if (targets.some(path => this.#holdsWritten(path))) return
    if (this.#isBuiltOnAfter(step)) {
      this.left.add('a later step builds as that user in the folder of the program')
      return
    }
    const edit = withoutCommand(this.#dockerfile, at)
    const kept = hasOption(command, '-R', '--recursive')
      ? this.#written.filter(path => targets.some(folder => isInside(path, folder)))
      : []
    if (edit && kept.length > 0 && isEditable(at)) {
      const text = `mkdir -p ${kept.join(' ')} && chown -R ${owner.raw} ${kept.join(' ')}`
      this.#do('Give the user only what it writes to', replaceAt(this.#dockerfile, command.span, text))
      return
    }
    if (edit === 'only') this.#do(chownTitle, withoutStep(this.#dockerfile, step))
    else if (edit) this.#do(chownTitle, edit)
    else this.left.add('a `chown` of the program stands where it cannot be taken out by itself')
  }

  #chmod(at: CommandAt): void {
    const { command, step } = at
    const mode = command.operands[0]
    if (!mode?.literal || !isOpenMode(mode.text)) return
    const targets = this.#targets(at)
    if (!isEditable(at) || mode.quoted || !command.nameWord) {
      this.left.add(`\`chmod ${mode.text}\` stands in quotes`)
      return
    }
    const isProgram = targets?.every(path => this.#isCode(path)) === true && hasOption(command, '-R', '--recursive')
    if (isProgram && targets && !isNonRoot(step.before)) {
      // Where nobody knows what it writes, it may rest on this: for its user then, and for nobody else.
      if (!this.#isKnown && !this.#isGiven(targets)) {
        this.#do(
          'Give what was writable for everyone to the user instead',
          replaceAt(this.#dockerfile, command.nameWord.span, 'chown'),
          replaceAt(this.#dockerfile, mode.span, this.#owner),
        )
        return
      }
      // What comes from the context, or from another stage, has its modes: changing them copies all of it into another layer.
      const edit = this.#startsOneOf(targets) ? undefined : withoutCommand(this.#dockerfile, at)
      if (edit) {
        this.#do(chmodTitle, edit === 'only' ? withoutStep(this.#dockerfile, step) : edit)
        return
      }
    }
    const isData =
      targets !== undefined &&
      !isNonRoot(step.before) &&
      targets.every(path => !this.#isCode(path) && !/^\/(?:tmp|var\/tmp)$/.test(path))
    // What is no program is data: whoever runs the program has to write there, and nobody else.
    if (isData && this.#isFolderLike(targets))
      this.#do(
        'Give what was writable for everyone to the user instead',
        replaceAt(this.#dockerfile, command.nameWord.span, 'chown'),
        replaceAt(this.#dockerfile, mode.span, this.#owner),
      )
    else this.#do('Let only the owner write', replaceAt(this.#dockerfile, mode.span, closedMode(mode.text)))
  }

  /** A chown gives all of it to the user already. */
  #isGiven(targets: readonly string[]): boolean {
    return this.#steps.some(
      step =>
        step.instruction.name === 'RUN' &&
        step.scripts.some(script =>
          script.commands.some(command => {
            if (command.name !== 'chown' || !hasOption(command, '-R', '--recursive')) return false
            if (isRoot(command.operands[0]?.text ?? 'root')) return false
            const owned = this.#targets({ step, script, command })
            return owned !== undefined && targets.every(path => owned.some(folder => isInside(path, folder)))
          }),
        ),
    )
  }

  /** It starts a file in there by its path: whether everyone may start it, only the context knows. */
  #startsOneOf(targets: readonly string[]): boolean {
    const { words } = startOf(this.#stage)
    if (/^(?:node|npm|yarn|deno|bun|python[\d.]*|php|ruby|java|perl|sh|bash|dotnet)$/.test(words[0] ?? '')) return false
    return words.some(word => {
      if (!/^["'[]*\.{0,2}\//.test(word)) return false
      const path = resolvedPath(word.replace(/["'[\],]/g, ''), workdirAtEnd(this.#stage))
      return path !== undefined && targets.some(folder => isInside(path, folder))
    })
  }

  /** No file of the distribution: programs are started by everyone. */
  #isFolderLike(targets: readonly string[]): boolean {
    return targets.every(
      path => !/^\/(?:bin|sbin|lib|lib64|etc|usr)(?:\/|$)/.test(path) && !/\.(?:sh|py|pl|rb|jar|bin)$/.test(path),
    )
  }

  /** Made, and owned by the user: once it is known who that is. */
  folders(): void {
    const wanted = this.#written.filter(path => !this.#isOwned(path))
    const own = wanted.filter(path => !this.#code.includes(path) && path !== workdirAtEnd(this.#stage))
    for (const path of wanted)
      if (!own.includes(path)) this.left.add(`the program writes into \`${path}\`, the folder that it is in`)
    if (own.length === 0) return
    const { escape } = this.#dockerfile.tree
    const volume = volumesOf(this.#stage, escape).find(({ path, step }) => own.includes(path) && step.stage === this.#stage)
    const user = this.#stage.steps.find(({ instruction }) => instruction === this.#stage.end.user.at)
    // Classic builders forget what is written to a volume after VOLUME.
    const before =
      volume && (!user || this.#stage.steps.indexOf(volume.step) < this.#stage.steps.indexOf(user))
        ? volume.step
        : isNonRoot(this.#stage.end)
          ? user
          : undefined
    const last = lastChange(this.#stage)
    const state = before ? before.before : last.after
    if (familyOf(this.#stage) === 'none') {
      this.left.add(`there is no shell that could make ${own.join(', ')}: mount a volume there that belongs to ${this.#owner}`)
      return
    }
    if (isNonRoot(state) || (isNonRoot(this.#stage.end) && !user && !volume) || !isPosixShell(state)) {
      this.left.add(`where ${own.join(', ')} could be made, it is no longer root that builds`)
      return
    }
    const [uid = '', gid] = this.#owner.split(':')
    const line = `${keyword(this.#dockerfile, 'RUN')} install -d -o ${uid}${gid === undefined ? '' : ` -g ${gid}`} ${own.join(' ')}`
    this.#do(
      `Make ${own.map(path => `\`${path}\``).join(', ')}, owned by the user`,
      before ? linesBefore(this.#dockerfile, before, [line]) : linesAfter(this.#dockerfile, last, [line]),
    )
  }

  #isOwned(path: string): boolean {
    // What is copied into it is root’s.
    if (ownedByImage(this.#stage).some(folder => path === folder || (isInside(path, folder) && !this.#code.includes(folder))))
      return true
    return this.#steps.some(step => {
      const { name } = step.instruction
      if (name === 'COPY' || name === 'ADD') {
        const chown = flagNamed(step, 'chown')?.value
        const to = destinationOf(step, this.#dockerfile.tree.escape)
        return chown !== undefined && !isRoot(chown) && to !== undefined && isInside(path, to)
      }
      if (name !== 'RUN') return false
      return step.scripts.some(script =>
        script.commands.some(command => {
          const paths = command.operands.map(({ text }) => resolvedPath(text, workdirBefore(step)))
          const isNamed = paths.some(
            one => one === path || (one !== undefined && hasOption(command, '-R', '--recursive') && isInside(path, one)),
          )
          if (!isNamed) return false
          if (command.name === 'install') return optionValue(command, '-o', '--owner') !== undefined
          if (command.name === 'chown') return !isRoot(command.operands[0]?.text ?? 'root')
          return command.name === 'mkdir' && isNonRoot(step.before)
        }),
      )
    })
  }

  #do(title: string, ...edits: readonly Edit[]): void {
    this.titles.push(title)
    this.edits.push(...edits)
  }
}

const chmodTitle = 'Leave the modes of the program as they are, without a `chmod` that copies it into another layer'
const chownTitle = 'Leave the program to root, without a `chown` that copies it into another layer'
