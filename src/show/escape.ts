/**
 * A subject's text never speaks to a terminal, a build log or a page on its own. One function per format; each is idempotent in what it
 * guards against and leaves ordinary text as it is.
 */

/** C0 and C1 controls, DEL, line and paragraph separators, zero-width and bidirectional formatting characters. */
const unsafe = /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]/g

/** For terminals and plain text of one line: invisible and controlling characters become visible, `\u{202e}`. Tabs become `→` only when asked for. */
export const forTerminal = (text: string): string => text.replace(unsafe, unit => `\\u{${unit.codePointAt(0)!.toString(16)}}`)

/**
 * One word of a command line for a shell. What cannot be seen is written in octal digits, as bash, zsh and ksh read it: `$'a\\012b'`
 * (https://www.gnu.org/software/bash/manual/html_node/ANSI_002dC-Quoting.html).
 */
export const forShell = (text: string): string => {
  if (/^[\w@%+=:,./-]+$/.test(text)) return text
  if (text.search(unsafe) === -1) return `'${text.replaceAll("'", "'\\''")}'`
  const octal = (unit: string): string => [...Buffer.from(unit)].map(byte => `\\${byte.toString(8).padStart(3, '0')}`).join('')
  return `$'${text.replace(/[\\']/g, '\\$&').replace(unsafe, octal)}'`
}

/** Data of a GitHub workflow command. https://github.com/actions/toolkit/blob/main/packages/core/src/command.ts */
export const forGithubData = (text: string): string => text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')

/** A property of a GitHub workflow command. */
export const forGithubProperty = (text: string): string => forGithubData(text).replaceAll(':', '%3A').replaceAll(',', '%2C')

/** Text inside Markdown, which stays text: no links, pictures, HTML, emphasis. Code in backticks that our own messages use is kept. */
export const forMarkdown = (text: string): string =>
  text
    .split(/(`[^`\n]*`)/)
    .map((part, i) => (i % 2 === 1 ? part : part.replace(/[\\*_[\]<>#|~]/g, '\\$&')))
    .join('')

/** A fenced code block that its content cannot end. */
export const fenced = (language: string, text: string): string => {
  const longest = Math.max(2, ...(text.match(/`+/g) ?? []).map(run => run.length))
  const fence = '`'.repeat(longest + 1)
  return `${fence}${language}\n${text}${text.endsWith('\n') ? '' : '\n'}${fence}\n`
}

/**
 * A stranger's text inside a line of Markdown, which stays text in CommonMark and in the dialects of GitHub and GitLab: no code, table cell, HTML, link,
 * picture, emoji, formula; and nobody is mentioned, no issue referred to.
 */
export const forMarkdownText = (text: string): string =>
  escapeMarkdown(text).replace(/\\[@#!~&$%](?=[\p{L}\p{N}_"-])/gu, '$&<!-- -->')

/** The same as code, where nothing is referred to. */
export const forMarkdownCode = (text: string): string => `<code>${escapeMarkdown(text)}</code>`

const escapeMarkdown = (text: string): string =>
  forTerminal(text.replace(/\s+/g, ' ').toWellFormed()).replace(/[\\`*_{}[\]<>#|~!&@$%]|:(?=\S)|(?<=\bwww)\./gi, '\\$&')

/** Text and attributes of HTML, which stay text also where Markdown is read inside of it. */
export const forHtml = (text: string): string => references(text, /[&<>"'`[\]!*_|~\\@#$]|:(?=\S)/g)

/** Text and attributes of XML 1.0, without the characters that it cannot hold: https://www.w3.org/TR/xml/#charsets */
export const forXml = (text: string): string => references(text, /[&<>"']/g).replace(/[\ufffe\uffff]/g, '')

const references = (text: string, signs: RegExp): string =>
  forTerminal(text.toWellFormed()).replace(signs, sign => `&#${sign.charCodeAt(0)};`)
