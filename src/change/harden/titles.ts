/** Several titles as one sentence: a capital letter only at its beginning. */
export const joinTitles = (titles: readonly string[]): string =>
  [...new Set(titles)].map((title, i) => (i === 0 ? title : lowerFirst(title))).join('; ')

/** Names keep theirs: `NODE_ENV`, `Compose’s`, `A`. */
const lowerFirst = (text: string): string => text.replace(/^[A-Z](?=[a-z]+ )/, letter => letter.toLowerCase())
