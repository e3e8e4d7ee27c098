/**
 * The proof of a hardening: the old and the new one are built, looked into, started and asked, the new one with as few privileges as proposed. What breaks it
 * is looked for and taken back, or given what it needs, and said. Nothing is claimed that was not seen.
 */
import { dirname, isAbsolute, relative } from 'node:path'
import { nameOfImage } from '../change/harden/image-choice.ts'
import { type Hardening, type ProposedRun, runFlags, type SeenNeeds } from '../model/hardening.ts'
import type { BackOff, Proof, ProofMeasure, ProofRun, ProofSide } from '../model/proof.ts'
import { type World, WorldError } from '../model/world.ts'
import { readDockerfile } from '../read/dockerfile/read-dockerfile.ts'
import { parseReference } from '../read/dockerfile/reference.ts'
import { type BuildFiles, lastLines, ProofEngine } from './proof-engine.ts'

/** Hardens again; `learnt`: paths that the program was seen to write to; `missing`: images that the engine could not get; `seen`: what it runs with. */
export type MakeHardening = (
  excluded: ReadonlySet<string>,
  learnt: readonly string[],
  missing: ReadonlySet<string>,
  seen?: SeenNeeds,
) => Promise<Hardening>

export type ProveOptions = {
  /** The engine's command: an absolute path. */
  readonly program: string
  /** Something that no other proof has. */
  readonly id: string
  make: MakeHardening
  readonly excluded: ReadonlySet<string>
  /** The file as it is; the ignore file that holds for it. */
  readonly original: { readonly text: string; readonly ignore: string | undefined }
  measure(image: string): Promise<Omit<ProofMeasure, 'size'>>
  /** How many ways out a container with these flags has. */
  waysOut(flags: readonly string[], image: string, user: string): Promise<number>
  /** A shell command that is run on this machine until it succeeds; what it prints is compared. */
  readonly check: string | undefined
  /** Paths that look like an answer to "are you well?". */
  readonly healthPaths: readonly string[]
  readonly port: number | undefined
  /** Of both runs: `-e NAME=value`. */
  readonly runOptions: readonly string[]
  readonly buildOptions: readonly string[]
  /** Milliseconds: for one answer; for all of it. */
  readonly patience: number
  readonly deadline: number
  isInterrupted(): boolean
  /** What is being done, for people. */
  note(text: string): void
  /** Hides what is secret. */
  hide(text: string): string
}

const buildTimeout = 900_000
const callTimeout = 120_000
const mostBackOffs = 8
const portPatience = 60_000
/** Characters of an answer that are kept; that are compared. */
const mostSaid = 2000
const mostCompared = 1024 * 1024
const longestLine = 1000
/** Milliseconds after which a healthy program that gives no answer over HTTP is taken to speak something else. */
const otherTongue = 5000
/** What every container has, as the engine gives it: https://docs.docker.com/engine/containers/run/#runtime-privilege-and-linux-capabilities */
const defaultCapabilities =
  'AUDIT_WRITE CHOWN DAC_OVERRIDE FOWNER FSETID KILL MKNOD NET_BIND_SERVICE NET_RAW SETFCAP SETGID SETPCAP SETUID SYS_CHROOT'.split(
    ' ',
  )

/** Rejects with WorldError where the engine cannot be spoken to, and with Interrupted. Whatever happens, what it made is gone afterwards. */
export const prove = async (
  world: World,
  options: ProveOptions,
): Promise<{ readonly proof: Proof; readonly hardening: Hardening; readonly left: readonly string[] }> => {
  const end = world.clock.now() + options.deadline
  const engine = new ProofEngine(
    world,
    options.program,
    options.id,
    {
      // The deadline holds for a build that hangs, too.
      get build() {
        return Math.max(1000, Math.min(buildTimeout, end - world.clock.now()))
      },
      call: callTimeout,
    },
    options.isInterrupted,
  )
  let found: Awaited<ReturnType<Proving['run']>>
  try {
    found = await new Proving(world, engine, options).run()
  } catch (error) {
    for (const name of await engine.cleanUp()) options.note(`${name} could not be removed`)
    throw error
  }
  return { ...found, left: await engine.cleanUp() }
}

/** `whole`: the answer as it is compared, of which `said` is the start. */
type Trial = Omit<ProofRun, 'waysOut' | 'capabilities' | 'readOnly'> & { readonly whole: string }

type Attempt = { readonly phase: BackOff['phase']; readonly evidence: string } | 'good'

class Proving {
  readonly #world: World
  readonly #engine: ProofEngine
  readonly #options: ProveOptions
  readonly #backedOff: BackOff[] = []
  readonly #unseen: string[] = []
  readonly #end: number
  #isShared = false
  /** Milliseconds that an answer may take. */
  #patience: number
  /** What the old one answered; undefined: it answers otherwise each time. */
  #expected: string | undefined
  #old: Trial | undefined

  constructor(world: World, engine: ProofEngine, options: ProveOptions) {
    this.#world = world
    this.#engine = engine
    this.#options = options
    this.#end = world.clock.now() + options.deadline
    this.#patience = options.patience
  }

  async run(): Promise<{ readonly proof: Proof; readonly hardening: Hardening }> {
    const { make, excluded, original } = this.#options
    const networks = await this.#engine.networks()
    if (networks.length === 0) throw new WorldError('failed', 'no engine answers: docker network ls shows nothing')
    // An engine without a bridge has only the network of its host.
    this.#isShared = !networks.includes('bridge')
    let hardening = await make(excluded, [], new Set())
    const proposedPort = this.#portOf(hardening)
    this.#note('builds it as it is')
    const before = await this.#build('before', {
      context: this.#context(hardening),
      dockerfile: original.text,
      ignore: original.ignore,
      changed: new Map(),
    })
    let beforeSide: ProofSide
    if (before.error !== undefined) {
      this.#unseen.push('what it did before: it does not build as it is')
      beforeSide = { measure: undefined, run: undefined, buildError: before.error }
    } else {
      this.#note('starts it as it is')
      const port = this.#oldPort(hardening, proposedPort)
      this.#old = await this.#trial(before.image, [], port)
      if (this.#old.state === 'answered') {
        const again = await this.#trial(before.image, [], port)
        if (again.whole === this.#old.whole) this.#expected = this.#old.whole
        else this.#unseen.push('whether the answers are the same: the old one answers otherwise each time')
      } else if (this.#old.state !== 'running') this.#unseen.push('whether it works: it does not even answer as it is')
      beforeSide = await this.#side(before.image, this.#old, [], this.#privileges(undefined))
    }
    let run = hardening.proposed
    const state: State = { excluded: new Set(excluded), learnt: [], missing: new Set(), flags: emptyFlags }
    let attempt: Attempt = 'good'
    let image: string | undefined
    for (let time = 0; time <= mostBackOffs; time++) {
      run = withFlags(hardening.proposed, state.flags)
      const built = await this.#buildNew(hardening, `after-${time}`)
      image = built.error === undefined ? built.image : undefined
      attempt =
        built.error === undefined
          ? await this.#attempt(built.image, runFlags(run), hardening)
          : { phase: 'build', evidence: built.error }
      if (attempt === 'good') break
      if (time === mostBackOffs || this.#world.clock.now() > this.#end) break
      const isChanged =
        attempt.phase === 'build' || image === undefined
          ? this.#misses(state, attempt) || (await this.#blame(hardening, state, attempt, []))
          : await this.#give(image, hardening, state, attempt)
      if (!isChanged) break
      hardening = await make(state.excluded, state.learnt, state.missing, state.flags)
    }
    const trial = image === undefined ? undefined : this.#last
    const afterSide: ProofSide =
      image === undefined
        ? { measure: undefined, run: undefined, buildError: attempt === 'good' ? undefined : attempt.evidence }
        : await this.#side(image, trial, runFlags(run), this.#privileges(run))
    const isProved = attempt === 'good' && before.error === undefined && this.#old?.state === 'answered'
    if (attempt === 'good' && this.#old?.state === 'running')
      this.#unseen.push('what it answers: there is nothing to ask it by (--check CMD, --port PORT)')
    return {
      hardening: { ...hardening, proposed: run },
      proof: {
        before: beforeSide,
        after: afterSide,
        backedOff: this.#backedOff,
        isProved,
        unseen: [...new Set(this.#unseen)],
        proposed: run,
        builds: this.#engine.builds,
        starts: this.#engine.starts,
      },
    }
  }

  #last: Trial | undefined

  #note(text: string): void {
    this.#options.note(text)
  }

  /** What programs print: without secrets, and lines that a person reads. */
  #safe(text: string): string {
    return this.#options
      .hide(text)
      .split('\n')
      .map(line => (line.length > longestLine ? `${line.slice(0, longestLine)}…` : line))
      .join('\n')
  }

  #context(hardening: Hardening): string {
    return hardening.context === undefined ? dirname(hardening.path) : hardening.context === '' ? '.' : hardening.context
  }

  #portOf(hardening: Hardening): number | undefined {
    return this.#options.port ?? hardening.proposed.ports[0]
  }

  /** A hardened server may listen on another port than before. */
  #oldPort(hardening: Hardening, proposed: number | undefined): number | undefined {
    const text = hardening.files.find(({ path }) => path === hardening.path)?.before
    if (this.#options.port !== undefined || text === undefined) return proposed
    return exposed(text)[0] ?? proposed
  }

  async #build(name: string, files: BuildFiles): Promise<{ readonly image: string; readonly error: string | undefined }> {
    const shared = this.#isShared ? ['--network', 'host'] : []
    const { image, error } = await this.#engine.build(name, files, [...shared, ...this.#options.buildOptions])
    return { image, error: error === undefined ? undefined : this.#safe(error) }
  }

  #buildNew(hardening: Hardening, name: string): Promise<{ readonly image: string; readonly error: string | undefined }> {
    this.#note(name === 'after-0' ? 'builds the hardened one' : 'builds it again')
    const { path, files } = hardening
    const context = this.#context(hardening)
    const changed = new Map<string, string>()
    let ignore = this.#options.original.ignore
    for (const file of files) {
      const inside = relative(context, file.path)
      if (file.path === path) continue
      if (/\.dockerignore$|^\.containerignore$/.test(file.path)) ignore = file.after
      else if (!inside.startsWith('..') && !isAbsolute(inside)) changed.set(inside, file.after)
    }
    // What is not changed is built as it is.
    const dockerfile = files.find(file => file.path === path)?.after ?? this.#options.original.text
    return this.#build(name, { context, dockerfile, ignore, changed })
  }

  async #attempt(image: string, flags: readonly string[], hardening: Hardening): Promise<Attempt> {
    this.#note('starts the hardened one')
    const trial = await this.#trial(image, flags, this.#portOf(hardening))
    this.#last = trial
    return this.#judge(trial)
  }

  #judge(trial: Trial): Attempt {
    const old = this.#old
    if (trial.state === 'not-started' || trial.state === 'ended')
      // A program that ends by itself, and did so before, does what it did.
      return old && old.state === 'ended' && trial.state === 'ended' && trial.said === old.said
        ? 'good'
        : { phase: 'start', evidence: trial.log === '' ? trial.said : trial.log }
    if (old?.state === 'answered') {
      if (trial.state !== 'answered')
        return { phase: 'answer', evidence: [trial.said, trial.log].filter(text => text !== '').join('\n') }
      if (this.#expected !== undefined && trial.whole !== this.#expected)
        return { phase: 'answer', evidence: differenceOf(trial.whole, this.#expected) }
    }
    const denied = deniedIn(trial.log).filter(line => !old?.log.includes(line))
    return denied.length === 0 ? 'good' : { phase: 'answer', evidence: denied.join('\n') }
  }

  /** Starts it, waits for its answer, and takes it away. */
  async #trial(
    image: string,
    flags: readonly string[],
    port: number | undefined,
    keep?: (container: string) => Promise<void>,
  ): Promise<Trial> {
    if (this.#isShared && port !== undefined) await this.#waitForPort(port)
    const network = this.#isShared ? ['--network', 'host'] : port === undefined ? [] : ['-p', `127.0.0.1::${port}`]
    const started = await this.#engine.start(image, [...network, ...this.#options.runOptions, ...flags], this.#values(flags))
    if ('error' in started) return notStarted(this.#safe(started.error))
    try {
      const trial = await this.#ask(started.id, port)
      await keep?.(started.id)
      return trial
    } finally {
      await this.#engine.remove(started.id)
    }
  }

  /** Of the host's own network a port belongs to one program at a time: what another one answers says nothing of ours. */
  async #waitForPort(port: number): Promise<void> {
    const until = this.#world.clock.now() + portPatience
    while (await this.#isTaken(port)) {
      if (this.#world.clock.now() > until)
        throw new WorldError(
          'failed',
          `port ${port} is taken by another program of this machine, and the engine has no other network`,
        )
      await this.#world.clock.sleep(1000)
    }
  }

  async #isTaken(port: number): Promise<boolean> {
    try {
      const { close } = await this.#world.http.request({ url: `http://127.0.0.1:${port}/`, timeout: 2000 })
      close()
      return true
    } catch (error) {
      if (!(error instanceof WorldError)) throw error
      return error.code === 'timed-out'
    }
  }

  /** What stood in the image is given from outside now. */
  #values(flags: readonly string[]): Readonly<Record<string, string>> {
    const { text } = this.#options.original
    const variables = readDockerfile('Dockerfile', text).final?.end.variables
    const names = flags.flatMap((flag, i) => (flag === '-e' ? [flags[i + 1]!] : []))
    return Object.fromEntries(names.map(name => [name, variables?.get(name)?.value ?? '']))
  }

  async #ask(container: string, port: number | undefined): Promise<Trial> {
    const { check, hide } = this.#options
    const start = this.#world.clock.now()
    const until = start + this.#patience
    const settled = this.#world.clock.now() + 4000
    let said = ''
    let whole = ''
    let asked = ''
    for (let wait = 100; ; wait = Math.min(wait * 1.5, 2000)) {
      const state = await this.#engine.state(container)
      if (!state.isRunning) {
        const log = this.#safe(await this.#engine.log(container))
        // A job, and no server: its output is its answer.
        if (port === undefined && check === undefined && state.exitCode === 0) {
          whole = `exit code 0\n${log}`
          return { state: 'answered', asked: 'what it prints until it ends', said: whole.slice(0, mostSaid), whole, log }
        }
        whole = `ended with exit code ${state.exitCode}${state.status === 'exited' ? '' : ` (${state.status})`}`
        return { state: 'ended', asked, said: whole, whole, log }
      }
      const host = port === undefined ? undefined : this.#isShared ? port : await this.#engine.published(container, port)
      const health =
        state.health === undefined
          ? undefined
          : { isGood: state.health === 'healthy', said: `health: ${state.health}`, asked: 'its health check' }
      const got =
        check !== undefined ? await this.#command(check, host, container) : host !== undefined ? await this.#get(host) : health
      const isDumb = check === undefined && got?.isGood === false && this.#world.clock.now() - start > otherTongue
      const answer = isDumb && health?.isGood ? health : got
      if (answer) {
        asked = hide(answer.asked)
        whole = hide(answer.said.slice(0, mostCompared))
        said = whole.slice(0, mostSaid)
        if (answer.isGood) {
          // What took it so long before may take it a few times as long now, and no longer: most tries are to fail.
          this.#patience = Math.min(this.#patience, 8000 + 4 * (this.#world.clock.now() - start))
          return { state: 'answered', asked, said, whole, log: this.#safe(await this.#engine.log(container)) }
        }
      } else if (this.#world.clock.now() > settled)
        return { state: 'running', asked: '', said: '', whole: '', log: this.#safe(await this.#engine.log(container)) }
      if (this.#world.clock.now() > until)
        return { state: 'silent', asked, said, whole, log: this.#safe(await this.#engine.log(container)) }
      await this.#world.clock.sleep(wait)
    }
  }

  /** By a shell of this machine: it is the user's own command. */
  async #command(
    check: string,
    port: number | undefined,
    container: string,
  ): Promise<{ readonly isGood: boolean; readonly said: string; readonly asked: string }> {
    const address: Record<string, string> =
      port === undefined ? {} : { BULKHEAD_PORT: String(port), BULKHEAD_URL: `http://127.0.0.1:${port}` }
    try {
      const { code, stdout, stderr } = await this.#world.processes.run('/bin/sh', ['-c', check], {
        timeout: this.#patience,
        env: { BULKHEAD_CONTAINER: container, ...address },
      })
      const decoder = new TextDecoder()
      const said =
        code === 0
          ? decoder.decode(stdout)
          : `exit code ${code}\n${lastLines(decoder.decode(stderr) + decoder.decode(stdout), 5)}`
      return { isGood: code === 0, said, asked: check }
    } catch (error) {
      if (!(error instanceof WorldError)) throw error
      return { isGood: false, said: error.message, asked: check }
    }
  }

  async #get(port: number): Promise<{ readonly isGood: boolean; readonly said: string; readonly asked: string }> {
    const paths = this.#options.healthPaths.length > 0 ? this.#options.healthPaths.slice(0, 3) : ['/']
    const said: string[] = []
    for (const path of paths) {
      try {
        const { status, body, headers } = await this.#world.http.request({
          url: `http://127.0.0.1:${port}${path}`,
          timeout: 3000,
        })
        const pieces: Uint8Array[] = []
        let size = 0
        for await (const piece of body) {
          pieces.push(piece)
          size += piece.length
          if (size > mostCompared) break
        }
        said.push(`GET ${path}: ${status} ${headers['content-type'] ?? ''}\n${new TextDecoder().decode(Buffer.concat(pieces))}`)
      } catch (error) {
        if (!(error instanceof WorldError)) throw error
        return { isGood: false, said: error.message, asked: `GET ${path}` }
      }
    }
    // Whatever it answers, it must answer the same afterwards.
    return { isGood: true, said: said.join('\n'), asked: paths.map(path => `GET ${path}`).join(', ') }
  }

  /** A base that nobody has is no fault of the change: another one is chosen. */
  #misses(state: State, attempt: Exclude<Attempt, 'good'>): boolean {
    const name = missingImage(attempt.evidence)
    if (name === undefined || state.missing.has(name)) return false
    state.missing.add(name)
    this.#backedOff.push({ kind: 'missing', id: name, phase: 'build', evidence: attempt.evidence })
    return true
  }

  /** Which change breaks it: the first of them, in order, with which it breaks. False: none of them does. */
  async #blame(
    hardening: Hardening,
    { excluded, learnt, missing, flags: seen }: State,
    attempt: Exclude<Attempt, 'good'>,
    flags: readonly string[],
  ): Promise<boolean> {
    const ids = hardening.changes.map(({ id }) => id)
    const works = async (count: number): Promise<boolean> => {
      const made = await this.#options.make(new Set([...excluded, ...ids.slice(count)]), learnt, missing, seen)
      const built = await this.#buildNew(made, `part-${count}`)
      if (built.error !== undefined) return false
      return attempt.phase === 'build' || (await this.#attempt(built.image, flags, made)) === 'good'
    }
    if (ids.length === 0) return false
    this.#note(`looks for the change that breaks it, among ${ids.length}`)
    let low = 0
    let high = ids.length
    // With `low` of them it works, with `high` of them it does not.
    while (high - low > 1) {
      if (this.#world.clock.now() > this.#end) return false
      const middle = (low + high) >> 1
      if (await works(middle)) low = middle
      else high = middle
    }
    if (low === 0 && !(await works(0))) return false
    const id = ids[low]!
    excluded.add(id)
    this.#backedOff.push({ kind: 'transformation', id, phase: attempt.phase, evidence: attempt.evidence })
    return true
  }

  /** It builds, and does not run as proposed: gives it what it needs, or takes a flag back. */
  async #give(image: string, hardening: Hardening, state: State, attempt: Exclude<Attempt, 'good'>): Promise<boolean> {
    const port = this.#portOf(hardening)
    const proposed = withFlags(hardening.proposed, state.flags)
    this.#note('looks for what it needs')
    const written = new Set<string>()
    const asRoot = await this.#trial(image, ['--user', '0:0'], port, async container => {
      const changes = await this.#engine.difference(container)
      const folders = new Set<string>()
      for (const path of lastChanged(changes)) if (await this.#engine.isFolder(container, path)) folders.add(path)
      for (const path of writtenFolders(changes, folders)) written.add(path)
    })
    if (this.#judge(asRoot) !== 'good') return this.#blame(hardening, state, attempt, ['--user', '0:0'])
    const fresh = [...written].filter(path => !state.learnt.includes(path) && !isCovered(path, proposed))
    const works = async (run: ProposedRun): Promise<boolean> =>
      this.#judge(await this.#trial(image, runFlags(run), port)) === 'good'
    const learn = (): boolean => {
      state.learnt = [...state.learnt, ...fresh]
      state.flags = { ...state.flags, learnt: [...new Set([...state.flags.learnt, ...fresh])] }
      this.#backedOff.push(
        ...fresh.map((id): BackOff => ({ kind: 'learnt', id, phase: attempt.phase, evidence: attempt.evidence })),
      )
      return fresh.length > 0
    }
    if (!isOfPowers(attempt.evidence) && learn()) return true
    // One flag after the other; what is left in place is what it can live with.
    const flags: readonly (readonly [string, (run: ProposedRun) => ProposedRun, Partial<Flags>])[] = [
      ['--read-only', run => ({ ...run, readOnly: false }), { readOnly: false }],
      ['--cap-drop', run => ({ ...run, capDrop: [], capAdd: [] }), { capDrop: false }],
      ['--security-opt no-new-privileges', run => ({ ...run, noNewPrivileges: false }), { noNewPrivileges: false }],
      ['--user', run => ({ ...run, user: '0:0' }), { isRoot: true }],
    ]
    for (const [name, change, without] of flags) {
      if (!(await works(change(proposed)))) continue
      if (name === '--cap-drop') {
        const needed = await this.#capabilities(proposed, works)
        state.flags = { ...state.flags, capAdd: needed }
        this.#backedOff.push(...capabilitiesLearnt(needed, attempt))
        return needed.length > 0
      }
      if (name === '--user') break
      state.flags = { ...state.flags, ...without }
      this.#backedOff.push({ kind: 'flag', id: name, phase: attempt.phase, evidence: attempt.evidence })
      return true
    }
    // Programs with capabilities of their own get them only where new privileges are allowed.
    const own: ProposedRun = { ...proposed, noNewPrivileges: false }
    if (await works({ ...own, capAdd: defaultCapabilities })) {
      const needed = await this.#capabilities(own, works)
      state.flags = { ...state.flags, noNewPrivileges: false, capAdd: needed }
      const id = '--security-opt no-new-privileges'
      this.#backedOff.push(
        { kind: 'flag', id, phase: attempt.phase, evidence: attempt.evidence },
        ...capabilitiesLearnt(needed, attempt),
      )
      return true
    }
    // As root it may need some capabilities, and nothing else.
    const root: ProposedRun = { ...proposed, user: '0:0' }
    if (!(await works({ ...root, capDrop: [], capAdd: [] }))) {
      if (await works({ ...proposed, readOnly: false, capDrop: [], capAdd: [], noNewPrivileges: false, user: '0:0' })) {
        state.flags = { ...state.flags, readOnly: false, isRoot: true, capAdd: [...defaultCapabilities], noNewPrivileges: false }
        this.#backedOff.push({ kind: 'flag', id: 'all of the flags together', phase: attempt.phase, evidence: attempt.evidence })
        return true
      }
      return isOfPowers(attempt.evidence) && learn()
    }
    const needed = (await works(root)) ? [] : await this.#capabilities(root, works)
    state.flags = { ...state.flags, isRoot: true, capAdd: needed }
    this.#backedOff.push({ kind: 'flag', id: 'a user other than root', phase: attempt.phase, evidence: attempt.evidence })
    this.#backedOff.push(...capabilitiesLearnt(needed, attempt))
    if (hardening.changes.some(({ id }) => id === 'user')) state.excluded.add('user')
    return true
  }

  /** The smallest set with which it works: each is tried without. */
  async #capabilities(run: ProposedRun, works: (run: ProposedRun) => Promise<boolean>): Promise<readonly string[]> {
    let needed = [...defaultCapabilities]
    // Halves first: most need one or two.
    for (let size = needed.length >> 1; size >= 1; size >>= 1) {
      for (let at = 0; at < needed.length; ) {
        const fewer = [...needed.slice(0, at), ...needed.slice(at + size)]
        if (await works({ ...run, capDrop: ['ALL'], capAdd: fewer })) needed = fewer
        else at += size
      }
    }
    return needed
  }

  #privileges(run: ProposedRun | undefined): Pick<ProofRun, 'capabilities' | 'readOnly'> {
    return {
      capabilities: run?.capDrop.includes('ALL') ? run.capAdd : defaultCapabilities,
      readOnly: run?.readOnly ?? false,
    }
  }

  async #side(
    image: string,
    trial: Trial | undefined,
    flags: readonly string[],
    privileges: Pick<ProofRun, 'capabilities' | 'readOnly'>,
  ): Promise<ProofSide> {
    this.#note(`looks into ${image}`)
    const measure = await this.#options.measure(image)
    const user = flags[flags.indexOf('--user') + 1]
    return {
      buildError: undefined,
      measure: { ...measure, size: await this.#engine.size(image) },
      run: trial && {
        state: trial.state,
        asked: trial.asked,
        said: trial.said,
        log: trial.log,
        ...privileges,
        waysOut: await this.#options.waysOut(
          [...this.#options.runOptions, ...flags],
          image,
          flags.includes('--user') ? user! : measure.user,
        ),
      },
    }
  }
}

const notStarted = (said: string): Trial => ({ state: 'not-started', asked: '', said, whole: said, log: '' })

/** From a little before the first character that is another one. */
const differenceOf = (now: string, before: string): string => {
  let same = 0
  while (same < now.length && now[same] === before[same]) same++
  const start = same < 1000 ? 0 : same - 60
  const part = (text: string): string => `${start === 0 ? '' : '…'}${text.slice(start, start + mostSaid)}`
  return `it answers otherwise: ${part(now)}\nbefore: ${part(before)}`
}

/** What is tried, and changes from try to try. */
type State = { readonly excluded: Set<string>; learnt: readonly string[]; readonly missing: Set<string>; flags: Flags }

/** The image that BuildKit could not get, as a FROM line would name it. Its plain progress numbers the lines of each step. */
export const missingImage = (error: string): string | undefined => {
  for (const [, step, name] of error.matchAll(/^#(\d+) \[internal\] load metadata for (\S+?)(?:@\S+)?$/gm))
    if (new RegExp(`^#${step} ERROR:`, 'm').test(error)) {
      const reference = parseReference(name!)
      return reference && nameOfImage(reference)
    }
  return undefined
}

/** What programs say when they may not: the messages of EACCES, EPERM and EROFS. */
const deniedIn = (log: string): readonly string[] =>
  log
    .split('\n')
    .filter(line => /permission denied|read-only file ?system|operation not permitted|\b(?:EACCES|EPERM|EROFS)\b/i.test(line))

const capabilitiesLearnt = (names: readonly string[], { phase, evidence }: Exclude<Attempt, 'good'>): readonly BackOff[] =>
  names.map(name => ({ kind: 'learnt', id: `CAP_${name}`, phase, evidence }))

/** EPERM, and nothing about files: what is missing is a capability, and no place to write to. */
const isOfPowers = (evidence: string): boolean =>
  /operation not permitted|\bEPERM\b/i.test(evidence) &&
  !/read-only file ?system|permission denied|\bE(?:ACCES|ROFS)\b/i.test(evidence)

type Flags = SeenNeeds & { readonly isRoot: boolean; readonly learnt: readonly string[] }
const emptyFlags: Flags = { readOnly: true, capDrop: true, noNewPrivileges: true, isRoot: false, capAdd: [], learnt: [] }

const withFlags = (run: ProposedRun, flags: Flags): ProposedRun => ({
  ...run,
  readOnly: run.readOnly && flags.readOnly,
  capDrop: flags.capDrop ? run.capDrop : [],
  capAdd: [...new Set([...run.capAdd, ...flags.capAdd])],
  noNewPrivileges: run.noNewPrivileges && flags.noNewPrivileges,
  user: flags.isRoot ? undefined : run.user,
  // What is written beside files of the image is a volume, which begins as a copy of them; a tmpfs would hide them.
  volumes: [...new Set([...run.volumes, ...flags.learnt.filter(path => !isCovered(path, run))])],
})

const isBelow = (path: string, folder: string): boolean => path === folder || path.startsWith(folder === '/' ? '/' : `${folder}/`)

const isCovered = (path: string, run: ProposedRun): boolean =>
  [...run.tmpfs, ...run.volumes].some(folder => isBelow(path, folder))

/** Folders of the system that no program of ours owns: what is written there belongs into a tmpfs, or into the image. */
const ownFolders = new Set([
  '/',
  '/bin',
  '/boot',
  '/dev',
  '/etc',
  '/lib',
  '/lib64',
  '/proc',
  '/sbin',
  '/sys',
  '/usr',
  '/usr/bin',
  '/usr/lib',
  '/usr/local',
])

/** What is a tmpfs anyway, and caches of Python’s, which does without them. */
const passing = /^\/(?:tmp|proc|sys|dev|run)(?:\/|$)|(?:^|\/)__pycache__(?:\/|$)/

/** The program chose the names, and `-v /:/etc` would be the whole host. */
const plainPath = /^\/[\w./@+-]*$/
const mostLearnt = 40

type Written = readonly { readonly kind: string; readonly path: string }[]

/** What was changed, and has no change below it: a file, or a folder of which owner or mode changed. */
export const lastChanged = (changes: Written): readonly string[] => {
  const parents = new Set(changes.map(({ path }) => dirname(path)))
  return changes.flatMap(({ kind, path }) => (kind === 'C' && !parents.has(path) ? [path] : []))
}

/**
 * The folders that a program wrote to, by what `docker diff` tells: the topmost new one, or the one that was there. `folders`: of `lastChanged`, those that are
 * no files.
 */
export const writtenFolders = (changes: Written, folders: ReadonlySet<string>): readonly string[] => {
  const added = new Set(changes.filter(({ kind }) => kind === 'A').map(({ path }) => path))
  const parents = new Set([...added].map(path => dirname(path)))
  const found = new Set<string>(folders)
  for (const { kind, path } of changes) {
    if (kind === 'D') found.add(dirname(path))
    // Its parent is told, too.
    if (kind === 'A' && !added.has(dirname(path))) found.add(parents.has(path) ? path : dirname(path))
  }
  for (const path of lastChanged(changes)) if (!folders.has(path)) found.add(dirname(path))
  return [...found]
    .filter(path => plainPath.test(path) && !ownFolders.has(path) && !passing.test(path))
    .sort()
    .slice(0, mostLearnt)
}

/** Ports that a Dockerfile states. */
const exposed = (text: string): readonly number[] =>
  readDockerfile('Dockerfile', text)
    .steps.filter(({ instruction, stage }) => instruction.name === 'EXPOSE' && stage?.role === 'final')
    .flatMap(({ instruction }) => instruction.words.map(word => /^"?(\d{1,5})(?:\/tcp)?"?$/i.exec(word.raw)?.[1]))
    .map(Number)
    .filter(port => port > 0 && port < 65536)
