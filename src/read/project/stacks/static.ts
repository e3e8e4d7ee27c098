/** Pages that a web server hands out as they are, and the generators that make them. */
import type { Stack, Stated } from '../../../model/project.ts'
import { emptyStack, type ProjectFolder, type StackReader, stated } from '../stack-reader.ts'

/** Generator → what builds, and what that leaves, as their documents say. */
const generators: readonly { readonly file: string; readonly build: string; readonly output: string; readonly tool: string }[] = [
  { file: 'hugo.toml', build: 'hugo --minify', output: 'public', tool: 'hugo' },
  { file: 'hugo.yaml', build: 'hugo --minify', output: 'public', tool: 'hugo' },
  { file: 'config.toml', build: 'hugo --minify', output: 'public', tool: 'hugo' },
  { file: 'mkdocs.yml', build: 'mkdocs build', output: 'site', tool: 'mkdocs' },
  { file: '_config.yml', build: 'bundle exec jekyll build', output: '_site', tool: 'jekyll' },
  { file: 'book.toml', build: 'mdbook build', output: 'book', tool: 'mdbook' },
]

const reader: StackReader = {
  name: 'static',
  marks: ['index.html', 'hugo.toml', 'hugo.yaml', 'mkdocs.yml', '_config.yml', 'book.toml'],
  read(folder) {
    const generator = generators.find(
      ({ file, tool }) => folder.has(file) && (file !== 'config.toml' || tool !== 'hugo' || isHugo(folder)),
    )
    const by = folder.pathOf(generator?.file ?? 'index.html')!
    const servers = folder.files.filter(name => isServerFile(name))
    return {
      ...emptyStack('static', folder.path),
      manager: undefined,
      manifests: generator ? [by] : [],
      build: generator && { value: generator.build, by },
      output: generator ? { value: generator.output, by } : { value: '.', by },
      ports: servers.flatMap(name => portsOf(folder.text(name) ?? '', folder.pathOf(name)!)),
      healthPaths: servers.flatMap(name => healthOf(folder.text(name) ?? '', folder.pathOf(name)!)),
      writes: servers.some(name => /nginx|default\.conf/.test(name)) ? nginxWrites(folder.pathOf(servers[0]!)!) : [],
    }
  },
}

export default reader

const isHugo = (folder: ProjectFolder): boolean => folder.files.some(name => /^(?:content|themes|layouts)\//.test(name))

const isServerFile = (name: string): boolean =>
  /(?:^|\/)(?:nginx[^/]{0,60}|default\.conf[^/]{0,40}|[^/]{0,60}\.conf(?:\.template)?|Caddyfile|httpd[^/]{0,40}\.conf)$/.test(
    name,
  )

/** `listen 8080 default_server;`, `listen [::]:80;`, `Listen 80`: https://nginx.org/en/docs/http/ngx_http_core_module.html#listen */
const portsOf = (text: string, by: string): Stack['ports'] => {
  const found: Stated<number>[] = []
  for (const [, value] of text.matchAll(
    /^[ \t]{0,40}listen[ \t]{1,20}(?:(?:[\d.]{1,20}|\*|\[[\da-f:]{1,40}\]):)?(\d{1,5})\b/gim,
  )) {
    const port = Number(value)
    if (port > 0 && port < 65_536 && !found.some(one => one.value === port)) found.push({ value: port, by })
  }
  return found
}

const healthOf = (text: string, by: string): Stack['healthPaths'] =>
  [
    ...text.matchAll(
      /^[ \t]{0,40}location[ \t]{1,20}(?:=[ \t]{0,20})?(\/(?:_?health[a-z-]{0,10}|ping|ready|live[a-z]{0,5}))[ \t]{0,20}\{/gm,
    ),
  ].flatMap(([, path]) => stated(path!, by) ?? [])

/** Where Debian's and Alpine's nginx keep what they write while they run: https://nginx.org/en/docs/http/ngx_http_core_module.html#client_body_temp_path */
const nginxWrites = (by: string): Stack['writes'] => [
  { value: '/var/cache/nginx', by },
  { value: '/var/run', by },
]
