/**
 * Applications of Erlang and Elixir: each has a resource file in Erlang terms (https://www.erlang.org/doc/apps/kernel/app.html), in a folder that is
 * called after its name and version.
 */
import { purl } from '../../model/purl.ts'
import { type Cataloger, wholeText } from '../cataloger.ts'

type Data = { readonly name: string; readonly version: string; readonly requires: readonly string[] }

const cataloger: Cataloger<Data> = {
  revision: 1,
  files: ['**/ebin/*.app'],
  collect(file) {
    const text = wholeText(file, 1024 * 1024).replace(/^[ \t]*%.*$/gm, '')
    const name = /\{\s{0,99}application\s{0,99},\s{0,99}'?([a-z][\w@]{0,255})'?/.exec(text)?.[1]
    const version = /\{\s{0,99}vsn\s{0,99},\s{0,99}"([^"]{1,255})"/.exec(text)?.[1]
    if (name === undefined || version === undefined) return undefined
    const needs = /\{\s{0,99}applications\s{0,99},\s{0,99}\[/.exec(text)
    const list = needs ? text.slice(needs.index + needs[0].length).split(']', 1)[0]! : ''
    return { name, version, requires: [...list.matchAll(/[a-z][\w@]*/g)].map(match => match[0]) }
  },
  *assemble(found) {
    const urls = new Map(found.map(one => [one.data.name, purlOf(one.path, one.data)]))
    for (const { path, at, data } of found) {
      const url = purlOf(path, data)
      yield {
        purl: url,
        name: data.name,
        version: data.version,
        ecosystem: url.startsWith('pkg:otp/') ? 'otp' : 'hex',
        at: [at],
        dependsOn: [...new Set(data.requires.flatMap(name => urls.get(name) ?? []))].filter(one => one !== url).sort(),
        licences: [],
      }
    }
  },
}

export default cataloger

/** Erlang's own: https://github.com/package-url/purl-spec/blob/main/types-doc/otp-definition.md. All others come from Hex. */
const purlOf = (path: string, { name, version }: Data): string =>
  purl({ type: /(?:^|\/)erlang\/.*/.exec(path)?.[0].includes('/lib/') || own.has(name) ? 'otp' : 'hex', name, version })

const own = new Set(
  (
    'asn1 common_test compiler crypto debugger dialyzer diameter edoc eldap erl_interface erts et eunit ftp inets jinterface kernel ' +
    'megaco mnesia observer odbc os_mon parsetools public_key reltool runtime_tools sasl snmp ssh ssl stdlib syntax_tools tftp tools wx xmerl'
  ).split(' '),
)
