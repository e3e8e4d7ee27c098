/**
 * A page that is one file: style and script are inside, nothing is fetched, and nothing but the two runs. The policy names them by their hashes, so that a
 * stranger's text that became markup in spite of everything is still not executed (https://www.w3.org/TR/CSP3/).
 */
import { createHash } from 'node:crypto'
import { forXml } from './escape.ts'
import { pageScript } from './html-script.ts'
import { pageStyle } from './html-style.ts'
import { onOneLine } from './instruction-text.ts'
import { webUrl } from './scan-facts.ts'

/** A stranger's text as text, or as an attribute's value in double quotes. Never longer than `length`. */
export const shown = (text: string, length = 200): string => {
  const line = onOneLine(text.slice(0, 4 * length)).trim()
  return forXml(line.length > length || text.length > 4 * length ? `${line.slice(0, length - 1)}…` : line)
}

/** A link, if the address is one that a page may lead to; else the text alone. */
export const link = (address: string | undefined, text: string): string => {
  const url = address === undefined ? undefined : webUrl(address)
  return url === undefined || url.length > 2000
    ? shown(text)
    : `<a href="${forXml(url)}" rel="noopener noreferrer">${shown(text)}</a>`
}

const hashOf = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`

export type Page = {
  readonly title: string
  /** Anchor and name of each section that the reader may go to. */
  readonly sections: readonly (readonly [string, string])[]
  readonly body: Iterable<string>
  readonly foot: string
}

/** In pieces: there may be ten thousands of rows. Ends with LF. */
export function* pagePieces({ title, sections, body, foot }: Page): Generator<string> {
  const script = `(${pageScript.toString()})()`
  const policy = [
    "default-src 'none'",
    `style-src ${hashOf(pageStyle)}`,
    `script-src ${hashOf(script)}`,
    "base-uri 'none'",
    "form-action 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; ')
  yield `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${shown(title)}</title>
<style>${pageStyle}</style>
</head>
<body>
<a class="skip" href="#main">Skip to the content</a>
<header>
<nav aria-label="Sections">${sections.map(([id, name]) => `<a href="#${id}">${forXml(name)}</a>`).join(' ')}</nav>
<button type="button" id="theme" hidden>Dark</button>
</header>
<main id="main" tabindex="-1">
`
  yield* body
  yield `</main>
<footer>${foot}</footer>
<script>${script}</script>
</body>
</html>
`
}
