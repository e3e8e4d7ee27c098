/**
 * Comments that silence findings, each as its own tool means it: hadolint (https://github.com/hadolint/hadolint#inline-ignores), BuildKit
 * (https://docs.docker.com/reference/dockerfile/#check), Trivy (https://trivy.dev/docs/latest/configuration/filtering/), Checkov
 * (https://www.checkov.io/2.Basics/Suppressing%20and%20Skipping%20Policies.html), KICS (https://docs.kics.io/latest/running-kics/), Semgrep
 * (https://semgrep.dev/docs/ignoring-files-folders-code), and our own: `# bulkhead ignore=RULE[,RULE] [until=DATE] REASON`, `ignore-file=`.
 */

/** Tools with a word for "all of my checks": it silences the rules that replace one of them, and no others. */
export type Tool = 'buildkit' | 'trivy' | 'kics' | 'semgrep'

export type Request = {
  /** Other tools' ids or ours, as written; `all` means every rule. */
  readonly what: 'all' | { readonly ids: readonly string[] } | { readonly tool: Tool }
  /** `instruction`: the one below the comment (or around it); `file`: everywhere in the file. */
  readonly scope: 'instruction' | 'file'
  readonly reason: string
  /** The last day, as written: perhaps no date. */
  readonly until: string | undefined
  /** True for our own comments: mistakes in them are to be told. */
  readonly own: boolean
}

/** What one comment asks for; `text` is what follows its `#`. `unreadable`: it tries to be one of ours, and is not. */
export const readIgnores = (text: string): readonly Request[] | 'unreadable' => {
  for (const read of readers) {
    const requests = read(text)
    if (requests) return requests
  }
  return []
}

/** The value of the directive `# check=skip=A,B;error=true`: for the whole file. */
export const readCheckDirective = (value: string): Request | undefined => readCheck(value, 'file')?.[0]

/** An ISO 8601 date that exists. */
export const isDate = (text: string): boolean =>
  /^\d{4}-\d{2}-\d{2}$/.test(text) && new Date(`${text}T00:00:00Z`).toJSON()?.slice(0, 10) === text

type Reader = (text: string) => readonly Request[] | 'unreadable' | undefined

const foreign = (
  what: Request['what'],
  scope: Request['scope'],
  text: string,
  reason = '',
  until: string | undefined = undefined,
): Request => ({ what, scope, reason: cleanReason(reason) || `# ${text.slice(0, 200)}`, until, own: false })

const cleanReason = (text: string): string => text.replace(/^[\s:;,#–—-]+/, '').trimEnd()

const list = (text: string): readonly string[] =>
  text
    .split(',')
    .map(part => part.trim())
    .filter(part => part !== '')

/** The ids at the start of a text, separated by commas, and what follows. Scanned by hand: blanks and commas make regular expressions slow. */
const leadingIds = (text: string, isId: RegExp): { readonly ids: readonly string[]; readonly rest: string } => {
  const ids: string[] = []
  const word = /[^\s,]+/y
  let end = 0
  let at = skipBlanks(text, 0)
  for (;;) {
    word.lastIndex = at
    const found = word.exec(text)?.[0]
    if (found === undefined || !isId.test(found)) break
    ids.push(found)
    end = at + found.length
    const comma = skipBlanks(text, end)
    if (text[comma] !== ',') break
    at = skipBlanks(text, comma + 1)
  }
  return { ids, rest: text.slice(end) }
}

const skipBlanks = (text: string, from: number): number => {
  let at = from
  while (text[at] === ' ' || text[at] === '\t') at++
  return at
}

const hadolint: Reader = text => {
  const match = /^hadolint\s+(global\s+)?ignore\s*=/i.exec(text)
  if (!match) return undefined
  const { ids, rest } = leadingIds(text.slice(match[0].length), /^(?:DL|SC)\d{4}$/i)
  return ids.length === 0 ? [] : [foreign({ ids }, match[1] ? 'file' : 'instruction', text, rest)]
}

const readCheck = (value: string, scope: Request['scope']): readonly Request[] | undefined => {
  for (const part of value.split(';')) {
    const skip = /^\s*skip\s*=(.*)$/i.exec(part)?.[1]
    if (skip === undefined) continue
    const ids = list(skip)
    const all = ids.some(id => id.toLowerCase() === 'all')
    return [foreign(all ? { tool: 'buildkit' } : { ids }, scope, `check=${value.trim()}`)]
  }
  return undefined
}

/** BuildKit knows it as a directive only; people write it above instructions too, and mean it. */
const buildkit: Reader = text => {
  const match = /^check\s*=/i.exec(text)
  return match ? (readCheck(text.slice(match[0].length), 'instruction') ?? []) : undefined
}

/** `trivy:ignore:ID[:exp:DATE][:ws:NAME]`, several in one comment. */
const trivy: Reader = text => {
  if (!/trivy:ignore:/i.test(text)) return undefined
  const requests: Request[] = []
  for (const word of text.split(/\s+/)) {
    const start = word.toLowerCase().indexOf('trivy:ignore:')
    if (start === -1) continue
    const [id = '', ...more] = word.slice(start + 'trivy:ignore:'.length).split(':')
    const exp = more.findIndex(key => key.toLowerCase() === 'exp')
    const what: Request['what'] = id === '*' ? { tool: 'trivy' } : { ids: [id.replace(/\[.*$/, '')] }
    requests.push(foreign(what, 'instruction', text, '', exp === -1 ? undefined : (more[exp + 1] ?? '')))
  }
  return requests
}

/** Anywhere in the file, for the whole file. */
const checkov: Reader = text => {
  const match = /^(?:checkov|bridgecrew):skip=/i.exec(text)
  if (!match) return undefined
  const { ids, rest } = leadingIds(text.slice(match[0].length).replace(':', ' : '), /^CKV\w+$/i)
  return ids.length === 0 ? [] : [foreign({ ids }, 'file', text, rest)]
}

const kics: Reader = text => {
  const match = /^kics-scan\s+(ignore-line|ignore-block|ignore)\s*$/i.exec(text)
  return match ? [foreign({ tool: 'kics' }, match[1]!.toLowerCase() === 'ignore' ? 'file' : 'instruction', text)] : undefined
}

/** `nosemgrep`, `nosemgrep: path.to.rule, other`: the last part of an id names the rule. */
const semgrep: Reader = text => {
  const match = /^nosemgrep\b\s*(:?)/i.exec(text)
  if (!match) return undefined
  const { ids } = leadingIds(text.slice(match[0].length), /^[\w.-]+$/)
  if (match[1] !== ':') return [foreign({ tool: 'semgrep' }, 'instruction', text)]
  return [foreign({ ids: ids.map(id => id.slice(id.lastIndexOf('.') + 1)) }, 'instruction', text)]
}

const own: Reader = text => {
  const match = /^bulkhead\s*:?\s*ignore(-file)?\s*([=:])/i.exec(text)
  if (!match) return undefined
  const { ids, rest } = leadingIds(text.slice(match[0].length), /^\w[\w./-]*$/)
  if (match[2] !== '=' || ids.length === 0) return 'unreadable'
  const until = /(?:^|\s)until=(\S*)/i.exec(rest)
  const reason = until ? rest.replace(until[0], ' ') : rest
  return [
    {
      what: ids.some(id => id.toLowerCase() === 'all') ? 'all' : { ids },
      scope: match[1] ? 'file' : 'instruction',
      reason: cleanReason(reason),
      until: until?.[1],
      own: true,
    },
  ]
}

const readers: readonly Reader[] = [hadolint, buildkit, trivy, checkov, kics, semgrep, own]
