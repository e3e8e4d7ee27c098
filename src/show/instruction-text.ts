/**
 * A step of an image's history → the instruction as a Dockerfile has it. Builders write what they ran: Docker's classic one its shell and `#(nop)` in front of
 * everything (https://github.com/moby/moby/blob/master/builder/dockerfile/dispatchers.go), BuildKit structures as Go prints them, and `# buildkit` behind
 * (https://github.com/moby/buildkit/blob/master/frontend/dockerfile/dockerfile2llb/convert.go). Quotes of ENV, LABEL, SHELL and of a RUN in the JSON form are lost, and so are
 * line breaks behind a backslash: the blanks that stood there are kept.
 */

/** Shells by their names, for steps whose SHELL the history does not tell. Every repetition is bounded: histories are strangers' texts. */
const shells: readonly RegExp[] = [
  /(?:\/usr\/bin\/env |(?:\/[\w.-]{1,40}){0,6}\/?busybox )?(?:\/[\w.+-]{1,60}){0,8}\/?(?:sh|bash|ash|dash|ksh|zsh|fish|csh|tcsh)(?: --?[A-Za-z]{1,20}(?: [a-z]{3,12})?){0,6}? -[A-Za-z]{0,9}c /y,
  /(?:[\w.:\\/-]{0,120}[\\/])?cmd(?:\.exe)?(?: \/[A-Za-z:]{1,6}){1,4} /iy,
  /(?:[\w.:\\/-]{0,120}[\\/])?(?:powershell|pwsh)(?:\.exe)?(?: -[A-Za-z]{1,20}(?: (?:Bypass|Unrestricted|RemoteSigned))?){0,6}? -c(?:ommand)? /iy,
]

/** Where the command begins behind a shell at `at`; undefined: there is none. `known` is what SHELL said. */
const behindShell = (text: string, at: number, known: string | undefined): number | undefined => {
  const exact = behindOwn(text, at, known)
  if (exact !== undefined) return exact
  for (const shell of shells) {
    shell.lastIndex = at
    const match = shell.exec(text)
    if (match) return at + match[0].length
  }
  return undefined
}

/** The same for the shell that is certainly in force; without SHELL that is the system's. */
const behindOwn = (text: string, at: number, known: string | undefined): number | undefined => {
  for (const shell of known === undefined ? ['/bin/sh -c', 'cmd /S /C'] : [known])
    if (text.startsWith(`${shell} `, at)) return at + shell.length + 1
  return undefined
}

/**
 * Where a command begins behind the build arguments that it was given: `|2 A=x B=y z /bin/sh -c …`. Values have no quotes any more, so that their end is certain
 * where the own shell follows, or where none of them has a blank. Undefined: nobody can tell.
 */
const behindArguments = (text: string, known: string | undefined): number | undefined => {
  const [head, digits] = /^\|(\d{1,4}) /.exec(text) ?? ['', '']
  const count = Number(digits)
  let pairs = 0
  let direct: number | undefined
  for (let at = head.length, words = 0; at < text.length; words++) {
    pair.lastIndex = at
    const isPair = pair.test(text)
    if (pairs >= count) {
      const own = behindOwn(text, at, known)
      if (own !== undefined) return own
      if (words === count && !isPair) direct = behindShell(text, at, known) ?? at
    }
    if (isPair) pairs++
    blank.lastIndex = at
    at = blank.test(text) ? blank.lastIndex : text.length
  }
  return direct
}
const pair = /[A-Za-z_][\w.-]{0,200}=/y
const blank = /\s/g

const withoutMark = (text: string): string => (text.endsWith('# buildkit') ? text.slice(0, -'# buildkit'.length) : text).trim()

/** Line breaks are kept. `shell`: what the last SHELL before it says, as the history has it: `/bin/bash -o pipefail -c`. */
export const instructionText = (createdBy: string, shell?: string): string => {
  const text = withoutMark(createdBy)
  const isRun = /^RUN\s/.test(text)
  const command = isRun ? text.slice(4).trimStart() : text
  if (command.startsWith('|')) {
    const at = behindArguments(command, shell)
    return at === undefined ? text : `RUN ${command.slice(at)}`
  }
  const at = behindShell(`${command} `, 0, shell)
  if (isRun) return at === undefined ? text : `RUN ${command.slice(at)}`.trimEnd()
  if (at === undefined) return ofStructure(text)
  const [mark] = /^#\(nop\)\s{0,9}/.exec(command.slice(at)) ?? []
  if (mark !== undefined) return ofStructure(command.slice(at + mark.length).trim())
  return at > command.length ? text : `RUN ${command.slice(at)}`
}

/** All steps of a history, each with the SHELL that was in force. */
export const instructionTexts = (history: readonly { readonly createdBy: string }[]): readonly string[] => {
  let shell: string | undefined
  return history.map(({ createdBy }) => {
    const text = instructionText(createdBy, shell)
    // A new SHELL writes itself in front of its own step.
    const [, told] = /(?:^|#\(nop\)\s{1,9})SHELL \[([^"\n]{1,2000})\]$/.exec(withoutMark(createdBy)) ?? []
    if (told === undefined) return text
    shell = told
    return instructionText(createdBy, shell)
  })
}

/** On one line. */
export const onOneLine = (text: string): string => text.replace(/\s+/g, ' ').trim()

/**
 * The lines of an instruction, as far as the history has kept them: line breaks of here-documents, and the blanks that stood in front of a line that a backslash
 * joined to the one before.
 */
export const instructionLines = (text: string): readonly string[] => {
  if (text.includes('\n')) return text.split(/\r?\n/)
  if (!/^(?:ONBUILD )?(?:RUN|CMD|ENTRYPOINT|HEALTHCHECK)\b/.test(text)) return [text]
  const lines: string[] = []
  let quote = ''
  let from = 0
  for (let at = 0; at < text.length; at++) {
    const unit = text[at]!
    if (unit === '\\' && quote !== "'") at++
    else if (quote !== '') quote = unit === quote ? '' : quote
    else if (unit === '"' || unit === "'") quote = unit
    else if (unit === ' ' || unit === '\t') {
      let end = at + 1
      while (text[end] === ' ' || text[end] === '\t') end++
      if (end - at > 1 || unit === '\t') {
        lines.push(text.slice(from, at))
        from = end
      }
      at = end - 1
    }
  }
  lines.push(text.slice(from))
  return lines.map((line, i) => (i === 0 ? line : `    ${line}`))
}

/** What stands in the structures that builders print. */
const ofStructure = (text: string): string => {
  const [, name = '', rest = ''] = /^([A-Z]{2,20})\s{1,9}([[&m].*)$/s.exec(text) ?? []
  switch (name) {
    case 'HEALTHCHECK':
      return healthCheck(rest) ?? text
    case 'EXPOSE':
    case 'VOLUME':
      return plainList(rest, name) ?? text
    case 'SHELL':
      return rest.startsWith('["') || !/^\[.*\]$/s.test(rest) ? text : `SHELL ${jsonList(rest.slice(1, -1).split(' '))}`
    case 'CMD':
    case 'ENTRYPOINT': {
      const inner = /^&\{(.*)\}$/s.exec(rest)?.[1] ?? rest
      const list = goList(inner)
      return list?.end === inner.length ? `${name} ${jsonList(list.values)}` : text
    }
    default:
      return text
  }
}

/** `EXPOSE map[443/tcp:{} 80/tcp:{}]`, `EXPOSE [80/tcp]`, `VOLUME [/data]`. */
const plainList = (text: string, name: string): string | undefined => {
  if (text.startsWith('["')) return undefined
  const map = /^map\[(.*)\]$/s.exec(text)?.[1]
  const list = map?.replaceAll(':{}', '') ?? /^\[(.*)\]$/s.exec(text)?.[1]
  return list === undefined ? undefined : `${name} ${list}`
}

const jsonList = (words: readonly string[]): string => `[${words.map(word => JSON.stringify(word)).join(', ')}]`

/** `["a" "b"]`, as Go's %q prints a list. */
const goList = (text: string): { readonly values: readonly string[]; readonly end: number } | undefined => {
  if (!text.startsWith('[')) return undefined
  const values: string[] = []
  let at = 1
  for (;;) {
    if (text[at] === ']') return { values, end: at + 1 }
    if (values.length > 0 && text[at] === ' ') at++
    goString.lastIndex = at
    const match = goString.exec(text)
    if (!match) return undefined
    values.push(unquoted(match[1]!))
    at = goString.lastIndex
  }
}
const goString = /"((?:[^"\\]|\\.)*)"/sy

const escapes: Readonly<Record<string, string>> = { a: '\x07', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' }

/** https://pkg.go.dev/strconv#Quote. A byte that is no UTF-8 stays written as it is. */
const unquoted = (text: string): string =>
  text.replace(
    /\\(?:x[0-9a-f]{2}|u([0-9a-f]{4})|U([0-9a-f]{8})|(.))/gs,
    (whole, short?: string, long?: string, unit?: string) => {
      if (unit !== undefined) return escapes[unit] ?? unit
      const point = Number.parseInt(short ?? long ?? '', 16)
      return point <= 0x10ffff ? String.fromCodePoint(point) : whole
    },
  )

/**
 * `&{["CMD-SHELL" "wget …"] "30s" "3s" "0s" '\x03'}`: the test, interval, timeout, start period, in newer ones start interval, retries. Zero is what nobody said.
 * https://github.com/moby/docker-image-spec/blob/main/specs-go/v1/image.go
 */
const healthCheck = (text: string): string | undefined => {
  if (!text.startsWith('&{')) return undefined
  const inner = text.slice(2)
  const list = goList(inner)
  const match = list && /^((?: "[\w.µ]{1,40}"){3,4}) '(\\.[0-9a-f]{0,8}|[^\\])'\}$/su.exec(inner.slice(list.end))
  if (!match) return undefined
  const [kind, ...words] = list.values
  if (kind === 'NONE') return 'HEALTHCHECK NONE'
  if (kind !== 'CMD' && kind !== 'CMD-SHELL') return undefined
  const durations = match[1]!
    .split(' ')
    .slice(1)
    .map(one => one.slice(1, -1))
  const retries = retriesOf(match[2]!)
  const names = ['interval', 'timeout', 'start-period', 'start-interval']
  const options = [
    ...durations.flatMap((one, i) =>
      one === '0s' ? [] : [`--${names[i]}=${one.replace(/(?<=[hm])0s$/, '').replace(/(?<=h)0m$/, '')}`],
    ),
    ...(retries === 0 ? [] : [`--retries=${retries}`]),
  ]
  return ['HEALTHCHECK', ...options, 'CMD', kind === 'CMD' ? jsonList(words) : words.join(' ')].join(' ')
}

/** A number that Go's %q printed as a character. */
const retriesOf = (text: string): number => {
  const byte = /^\\x([0-9a-f]{2})$/.exec(text)?.[1]
  return byte === undefined ? unquoted(text).codePointAt(0)! : Number.parseInt(byte, 16)
}
