/** Colours for terminals, by the SGR codes of ECMA-48; none when they are not wanted. */
export type Style = {
  bold(text: string): string
  dim(text: string): string
  red(text: string): string
  yellow(text: string): string
  blue(text: string): string
  cyan(text: string): string
  green(text: string): string
  magenta(text: string): string
}

const wrap =
  (colour: boolean, open: number, close: number) =>
  (text: string): string =>
    colour ? `\u001b[${open}m${text}\u001b[${close}m` : text

export const styleFor = (colour: boolean): Style => ({
  bold: wrap(colour, 1, 22),
  dim: wrap(colour, 2, 22),
  red: wrap(colour, 31, 39),
  yellow: wrap(colour, 33, 39),
  blue: wrap(colour, 34, 39),
  cyan: wrap(colour, 36, 39),
  green: wrap(colour, 32, 39),
  magenta: wrap(colour, 35, 39),
})

/** How many columns a text takes: our colours and combining marks none, wide East Asian characters and emoji two. https://www.unicode.org/reports/tr11/ */
export const widthOf = (text: string): number => {
  let width = 0
  for (const character of text.includes('\u001b') ? text.replace(/\u001b\[\d+m/g, '') : text) width += columnsOf(character)
  return width
}

const zero = /^[\p{Mn}\p{Me}\p{Cf}]$/u
const wide = (point: number): boolean =>
  (point >= 0x1100 && point <= 0x115f) ||
  (point >= 0x2e80 && point <= 0x303e) ||
  (point >= 0x3041 && point <= 0xa4cf) ||
  (point >= 0xac00 && point <= 0xd7a3) ||
  (point >= 0xf900 && point <= 0xfaff) ||
  (point >= 0xfe30 && point <= 0xfe6f) ||
  (point >= 0xff00 && point <= 0xff60) ||
  (point >= 0xffe0 && point <= 0xffe6) ||
  (point >= 0x1f300 && point <= 0x1faff) ||
  (point >= 0x20000 && point <= 0x3fffd)

export const columnsOf = (character: string): number => {
  const point = character.codePointAt(0)!
  if (point < 0x300) return 1
  if (zero.test(character)) return 0
  return wide(point) ? 2 : 1
}

/** Breaks a text into lines of at most `width` columns at blanks; a longer word stays whole. */
export const wrapText = (text: string, width: number, indent = ''): string => {
  const lines: string[] = []
  for (const paragraph of text.split('\n')) {
    let line = ''
    for (const word of paragraph.split(' ')) {
      if (line !== '' && widthOf(line) + 1 + widthOf(word) > width - indent.length) {
        lines.push(line)
        line = word
      } else line = line === '' ? word : `${line} ${word}`
    }
    lines.push(line)
  }
  return lines.map(line => indent + line).join('\n')
}

/** At most `width` columns; what is cut off is an ellipsis. */
export const cutText = (text: string, width: number): string => {
  if (widthOf(text) <= width) return text
  let kept = ''
  let columns = 0
  for (const character of text) {
    columns += columnsOf(character)
    if (columns + 1 > width) break
    kept += character
  }
  return `${kept}…`
}

export type Cell = { readonly text: string; readonly isRight?: boolean }

/** Lines of cells, one below the other, two blanks between them. */
export const alignCells = (rows: readonly (readonly Cell[])[]): readonly string[] => {
  const widths: number[] = []
  for (const row of rows)
    row.forEach(({ text }, i) => {
      widths[i] = Math.max(widths[i] ?? 0, widthOf(text))
    })
  return rows.map(row =>
    row
      .map(({ text, isRight }, i) => {
        const blanks = ' '.repeat(widths[i]! - widthOf(text))
        return isRight ? blanks + text : text + blanks
      })
      .join('  ')
      .trimEnd(),
  )
}
