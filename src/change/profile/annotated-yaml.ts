/** YAML in which entries say why they are there: a small tree → text. Every text is written so that YAML 1.1 and 1.2 read it as that text. */

export type Scalar = string | number | boolean
export type Annotated = Scalar | AnnotatedMap | AnnotatedList | Reset
/** Compose takes away what lies below: https://docs.docker.com/reference/compose-file/merge/#reset-value */
export type Reset = { readonly kind: 'reset' }
export type AnnotatedMap = { readonly kind: 'map'; readonly entries: readonly AnnotatedEntry[] }
export type AnnotatedEntry = { readonly key: string; readonly value: Annotated; readonly why?: string }
export type AnnotatedList = {
  readonly kind: 'list'
  /** Compose: replaces what lies below instead of adding to it. */
  readonly tag?: '!override'
  readonly items: readonly { readonly value: Annotated; readonly why?: string }[]
}

/** Entries that are undefined are left out. */
export const map = (...entries: readonly (AnnotatedEntry | undefined)[]): AnnotatedMap => ({
  kind: 'map',
  entries: entries.filter(entry => entry !== undefined),
})
export const entry = (key: string, value: Annotated, why?: string): AnnotatedEntry => ({
  key,
  value,
  ...(why === undefined ? {} : { why }),
})
export const list = (items: AnnotatedList['items'], tag?: '!override'): AnnotatedList => ({
  kind: 'list',
  items,
  ...(tag ? { tag } : {}),
})
export const plainList = (values: readonly Annotated[]): AnnotatedList => list(values.map(value => ({ value })))

/** `notes`: lines of comment at the top. */
export const showYaml = (root: AnnotatedMap, notes: readonly string[] = []): string =>
  [...notes.map(comment), ...mapLines(root, '')].join('\n').concat('\n')

export const showStream = (documents: readonly { readonly root: AnnotatedMap; readonly notes?: readonly string[] }[]): string =>
  documents.map(({ root, notes }) => showYaml(root, notes)).join('---\n')

/** Whatever stands in a comment stays in its line. */
const comment = (text: string): string => `# ${oneLine(text)}`
export const oneLine = (text: string): string => text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]+/gu, ' ').trim()

const mapLines = ({ entries }: AnnotatedMap, indent: string): readonly string[] =>
  entries.flatMap(({ key, value, why }) => [
    ...(why === undefined ? [] : [`${indent}${comment(why)}`]),
    ...valueLines(`${indent}${scalar(key)}:`, value, indent),
  ])

const valueLines = (head: string, value: Annotated, indent: string): readonly string[] => {
  if (typeof value !== 'object') return [`${head} ${scalar(value)}`]
  if (value.kind === 'reset') return [`${head} !reset null`]
  const inner = `${indent}  `
  if (value.kind === 'map') return value.entries.length === 0 ? [`${head} {}`] : [head, ...mapLines(value, inner)]
  const tag = value.tag ? ` ${value.tag}` : ''
  if (value.items.length === 0) return [`${head}${tag} []`]
  return [
    `${head}${tag}`,
    ...value.items.flatMap(({ value: item, why }) => [
      ...(why === undefined ? [] : [`${inner}${comment(why)}`]),
      ...itemLines(item, inner),
    ]),
  ]
}

const itemLines = (item: Annotated, indent: string): readonly string[] => {
  if (typeof item !== 'object') return [`${indent}- ${scalar(item)}`]
  if (item.kind !== 'map') return valueLines(`${indent}-`, item, indent)
  if (item.entries.length === 0) return [`${indent}- {}`]
  const lines = mapLines(item, `${indent}  `)
  // A comment may not stand between the dash and the first key.
  const first = lines.findIndex(line => !line.trimStart().startsWith('#'))
  return [
    ...lines.slice(0, first).map(line => line.slice(2)),
    `${indent}- ${lines[first]!.slice(indent.length + 2)}`,
    ...lines.slice(first + 1),
  ]
}

/** Words of one kind are plain; what a reader could take for something else is quoted, with what is not seen escaped. */
const scalar = (value: Scalar): string => {
  if (typeof value !== 'string') return String(value)
  const isPlain =
    /^[A-Za-z_/][\w./@-]*(?::[\w./@-]+)*$/.test(value) &&
    !/^(?:y|n|yes|no|on|off|true|false|null|~)$/i.test(value) &&
    !value.endsWith(':')
  return isPlain
    ? value
    : JSON.stringify(value).replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu, mark =>
        [...mark].length === 1 && mark.codePointAt(0)! > 0xffff
          ? `\\U${mark.codePointAt(0)!.toString(16).padStart(8, '0')}`
          : `\\u${mark.charCodeAt(0).toString(16).padStart(4, '0')}`,
      )
}
