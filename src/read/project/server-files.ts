/** What the configuration of a web server in the context says: nginx, Apache, Caddy. */
import type { Stack, Stated } from '../../model/project.ts'
import { type ProjectFolder, stated } from './stack-reader.ts'

export const serverFacts = (folder: ProjectFolder): Pick<Stack, 'ports' | 'healthPaths' | 'writes'> => {
  const servers = folder.files.filter(isServerFile).slice(0, 20)
  const texts = servers.map(name => ({ text: folder.text(name) ?? '', by: folder.pathOf(name)! }))
  const nginx = texts.find(({ by }) => /nginx|default\.conf/.test(by))
  return {
    ports: texts.flatMap(({ text, by }) => portsOf(text, by)),
    healthPaths: texts.flatMap(({ text, by }) => healthOf(text, by)),
    writes: nginx ? nginxWrites(nginx.by) : [],
  }
}

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
