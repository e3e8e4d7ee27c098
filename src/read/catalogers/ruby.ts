/** Ruby gems that are installed: RubyGems writes a specification in Ruby for each (https://guides.rubygems.org/specification-reference/). */
import { purl } from '../../model/purl.ts'
import { type Cataloger, Unreadable, wholeText } from '../cataloger.ts'

type Data = {
  readonly name: string
  readonly version: string
  readonly platform: string
  readonly licences: readonly string[]
  readonly requires: readonly string[]
}

const cataloger: Cataloger<Data> = {
  revision: 1,
  files: ['**/specifications/*.gemspec', '**/specifications/default/*.gemspec'],
  collect(file) {
    const text = wholeText(file, 4 * 1024 * 1024)
    // `# stub: nokogiri 1.15.4 x86_64-linux lib`: what RubyGems itself reads first.
    const stub = /^# stub: (\S+) (\S+) (\S+) /m.exec(text)
    const name = stub?.[1] ?? /\.name\s{0,20}=\s{0,20}["']([^"']{1,255})["']/.exec(text)?.[1]
    const version =
      stub?.[2] ?? /\.version\s{0,20}=\s{0,20}(?:Gem::Version\.new\s{0,20}\(?\s{0,20})?["']([^"']{1,255})["']/.exec(text)?.[1]
    // Default gems name the version by a constant of their own: the file's name has it.
    const named = /^(.+)-(\d.*)$/s.exec(file.path.slice(file.path.lastIndexOf('/') + 1, -'.gemspec'.length))
    if ((name ?? named?.[1]) === undefined || (version ?? named?.[2]) === undefined)
      throw new Unreadable('it has no name or no version')
    const licensed = /\.licen[cs]es?\s{0,20}=\s{0,20}(?=[["'])/.exec(text)
    const behind = licensed ? text.slice(licensed.index + licensed[0].length).slice(0, 4000) : ''
    const licences = /^(?:\[[^\]]*\]|["'][^"']*["'])/.exec(behind)?.[0] ?? ''
    return {
      name: (name ?? named?.[1])!,
      version: (version ?? named?.[2])!,
      platform: stub?.[3] ?? 'ruby',
      licences: [...licences.matchAll(/["']([^"']+)["']/g)].map(match => match[1]!),
      requires: [
        ...text.matchAll(/add_(?:runtime_)?dependency\s{0,20}\(?\s{0,20}(?:%q<([^>]{1,255})>|["']([^"']{1,255})["'])/g),
      ].map(match => (match[1] ?? match[2])!),
    }
  },
  *assemble(found) {
    const urls = new Map(found.map(({ data }) => [data.name, purlOf(data)]))
    for (const { at, data } of found) {
      const url = purlOf(data)
      yield {
        purl: url,
        name: data.name,
        version: data.version,
        ecosystem: 'gem',
        at: [at],
        dependsOn: [...new Set(data.requires.flatMap(name => urls.get(name) ?? []))].filter(one => one !== url).sort(),
        licences: data.licences,
      }
    }
  },
}

export default cataloger

const purlOf = ({ name, version, platform }: Data): string =>
  purl({ type: 'gem', name, version, qualifiers: { platform: platform === 'ruby' ? undefined : platform } })
