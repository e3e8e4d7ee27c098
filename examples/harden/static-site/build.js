/** Pages from Markdown, one script and one style sheet, all into dist/. */
import { cp, mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { build } from 'esbuild'
import { marked } from 'marked'
import mustache from 'mustache'

await mkdir('dist', { recursive: true })
await cp('public', 'dist', { recursive: true })
const layout = await readFile('src/layout.html', 'utf8')
const pages = (await readdir('src')).filter(name => name.endsWith('.md')).sort()
for (const name of pages) {
  const text = await readFile(`src/${name}`, 'utf8')
  const title = /^# (.*)$/m.exec(text)?.[1] ?? name
  await writeFile(`dist/${name.replace(/\.md$/, '.html')}`, mustache.render(layout, { title, body: await marked.parse(text) }))
}
await build({ entryPoints: ['src/site.js', 'src/site.css'], outdir: 'dist', bundle: true, minify: true, logLevel: 'warning' })
await writeFile('dist/health', JSON.stringify({ status: 'ok', service: 'harbour-site', pages: pages.length }))
console.log(`${pages.length} pages`)
