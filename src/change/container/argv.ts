/** Wishes → edits of a command line that starts a container: options are taken out, replaced, or written behind `run`. Quotes and `\` at line ends stay. */
import type { Container, Wish } from '../../model/container.ts'
import type { Edit, Location } from '../../model/finding.ts'
import type { Span } from '../../model/text.ts'
import type { DockerRun } from '../../read/docker-run/read-docker-run.ts'
import { changedVolume, closedTmpfs } from './compose.ts'
import { NotExact } from './edits.ts'

/** Throws NotExact. `text`: of the file in which the command stands. */
export const argvEdits = (wishes: readonly Wish[], { container, at, verbAt }: DockerRun, text: string): readonly Edit[] => {
  const edits: Edit[] = []
  const added: string[] = []
  const flagAt = (place: Location): Span => {
    if (place.in !== 'file' || place.span.start < at.span.start || place.span.end > at.span.end)
      throw new NotExact('its place is outside of the command')
    const { span } = place
    const raw = text.slice(span.start, span.end)
    const isWhole = /\s/.test(text[span.start - 1] ?? ' ')
    // A letter of a cluster such as `-itv`, or an option as a whole.
    if (
      isWhole
        ? !/^--?[A-Za-z]/.test(raw)
        : !/^[A-Za-z]/.test(raw) || !/(?:^|\s)-[A-Za-z]*$/.test(text.slice(0, span.start).slice(-32))
    )
      throw new NotExact('its place is not clear')
    if ((sharesOf(container).get(keyOf(span)) ?? 0) > 1) throw new NotExact('the option says several things')
    return span
  }
  const remove = (place: Location): void => {
    const span = flagAt(place)
    edits.push({ path: at.path, span: cutOf(text, span), text: '' })
  }
  const replace = (place: Location, option: string): void => {
    const span = flagAt(place)
    if (!/\s/.test(text[span.start - 1] ?? ' ')) throw new NotExact('it is one of several letters')
    // `--restart=always` keeps its sign.
    const isJoined = /^--[\w-]+=/.test(text.slice(span.start, span.end))
    edits.push({ path: at.path, span, text: isJoined ? option.replace(' ', '=') : option })
  }
  const write = (place: Location | undefined, option: string): void => {
    if (place) replace(place, option)
    else added.push(option)
  }
  for (const wish of wishes) {
    if (wish.do === 'remove') remove(wish.at)
    else if (wish.do === 'change') {
      const span = flagAt(wish.at)
      edits.push({ path: at.path, span, text: changedFlag(text.slice(span.start, span.end), wish) })
    } else if (container.role === 'ephemeral') throw new NotExact('`exec` takes no such option')
    else if (wish.do === 'add') {
      const known: readonly string[] = wish.field === 'tmpfs' ? [] : container[wish.field].map(({ value }) => value)
      const option = { capDrop: '--cap-drop', capAdd: '--cap-add', tmpfs: '--tmpfs' }[wish.field]
      for (const value of wish.value) if (!known.includes(value)) added.push(`${option} ${value}`)
    } else
      switch (wish.field) {
        case 'noNewPrivileges':
          write(container.noNewPrivileges.at, '--security-opt no-new-privileges')
          break
        case 'readOnlyRoot':
          write(container.readOnlyRoot.at, '--read-only')
          break
        case 'privileged':
          if (container.privileged.at) remove(container.privileged.at)
          break
        case 'seccomp':
          if (!container.seccomp.at) throw new NotExact('no option says otherwise')
          remove(container.seccomp.at)
          break
        case 'user':
          write(container.user.at, `--user ${wish.value}`)
          break
        case 'restart':
          write(container.restart.at, `--restart ${wish.value}`)
          break
        case 'pullPolicy':
          write(container.pullPolicy.at, `--pull ${wish.value}`)
          break
        case 'memory':
          write(container.memory.at, `--memory ${wish.value}`)
          break
        case 'cpus':
          write(container.cpus.at, `--cpus ${wish.value}`)
          break
        case 'pids':
          write(container.pids.at, `--pids-limit ${wish.value}`)
          break
        case 'runAsNonRoot':
        case 'automountToken':
          throw new NotExact('a command line has no such option')
      }
  }
  if (added.length > 0) {
    if (!verbAt || !/^(?:run|create)$/.test(text.slice(verbAt.span.start, verbAt.span.end)))
      throw new NotExact('where the options stand is not clear')
    const { end } = verbAt.span
    edits.push({ path: at.path, span: { start: end, end }, text: ` ${added.join(' ')}` })
  }
  edits.sort((a, b) => a.span.start - b.span.start)
  for (const [i, { span }] of edits.entries())
    if (i > 0 && edits[i - 1]!.span.end >= span.start) throw new NotExact('two changes would touch each other')
  return edits
}

/** An option with the blanks behind it; one that has a line for itself goes with its line. */
const cutOf = (text: string, { start, end }: Span): Span => {
  if (!/\s/.test(text[start - 1] ?? ' ')) {
    // Of `-itv X` the `-it` stays; of `-Pd` the `-d`.
    return { start, end }
  }
  const line = text.lastIndexOf('\n', start - 1) + 1
  const alone = /^[ \t]*\\\r?\n/.exec(text.slice(end))
  if (alone && /^[ \t]*$/.test(text.slice(line, start)) && line > 0) return { start: line, end: end + alone[0].length }
  const blanks = /^[ \t]+/.exec(text.slice(end))
  if (blanks) return { start, end: end + blanks[0].length }
  const before = /[ \t]+$/.exec(text.slice(0, start))
  return { start: start - (before?.[0].length ?? 0), end }
}

const keyOf = ({ start, end }: Span): string => `${start}-${end}`

const shares = new WeakMap<Container, ReadonlyMap<string, number>>()

/** How many settings the option at a place makes: `--cap-add A,B` of Podman. Asked for every option, so counted once. */
const sharesOf = (container: Container): ReadonlyMap<string, number> => {
  const known = shares.get(container)
  if (known) return known
  const counts = new Map<string, number>()
  const { capAdd, capDrop, groups, sysctls, ulimits, deviceRules, devices, volumesFrom, ports, mounts } = container
  for (const list of [capAdd, capDrop, groups, sysctls, ulimits, deviceRules, devices, volumesFrom, ports, mounts])
    for (const { at } of list) if (at?.in === 'file') counts.set(keyOf(at.span), (counts.get(keyOf(at.span)) ?? 0) + 1)
  shares.set(container, counts)
  return counts
}

const changedFlag = (raw: string, wish: Extract<Wish, { do: 'change' }>): string => {
  const parts = /^(--[\w-]+(?:[ \t]+|=)|-?[A-Za-z](?:[ \t]+|=)?)((["']?)(?:[^\s"'\\]*)\3)$/.exec(raw)
  if (!parts) throw new NotExact('how it is quoted is not clear')
  const [, name = '', word = '', quote = ''] = parts
  const value = word.slice(quote.length, word.length - quote.length)
  if (/\$\(|`/.test(value)) throw new NotExact('a command gives its value')
  const wrap = (text: string): string => `${name}${quote}${text}${quote}`
  if (wish.what === 'tmpfs') {
    if (/^--tmpfs\b/.test(name)) return wrap(closedTmpfs(value))
    throw new NotExact('its options are given in another way')
  }
  if (/^(?:--volume\b|-?v)/.test(name))
    return wrap(
      changedVolume(value.replace(/\$(\w+)/g, '${$1}'), wish).replace(/\$\{(\w+)\}/g, (one, inner) =>
        value.includes(one) ? one : `$${inner}`,
      ),
    )
  if (/^--mount\b/.test(name)) {
    if (wish.what === 'readOnly') return wrap(`${value.replace(/,(?:readonly|ro)(?:=[^,]*)?(?=,|$)/g, '')},readonly`)
    if (wish.what === 'propagation' && wish.value === 'rprivate')
      return wrap(value.replace(/,bind-propagation=[^,]*|^bind-propagation=[^,]*,/, ''))
    if (wish.what === 'propagation') return wrap(value.replace(/(bind-propagation=)[^,]*/, `$1${wish.value}`))
  }
  if (wish.what === 'hostAddress' && /^(?:--publish\b|-?p)/.test(name) && /^\d+:\d+(?:\/\w+)?$/.test(value))
    return wrap(`${wish.value}:${value}`)
  throw new NotExact('the option is another one')
}
