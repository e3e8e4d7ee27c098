/**
 * Programs and libraries that no package manager put there, by the versions that are written inside of them. Only what says its version without doubt is
 * in the table: a file's name chooses the line, and its text must agree.
 */
import { purl } from '../../model/purl.ts'
import { anySize, type Cataloger, type LayerFile, wholeText } from '../cataloger.ts'
import { latin1 } from '../elf.ts'

type Data = { readonly name: string; readonly version: string }

/**
 * `files`: of ELF files, by name. The first group of `version` that matched is the version. Every quantifier of it is bounded, since it is tried at each
 * of a stranger's bytes. `fits`: whether a version can be that of a file of this name; else the next match is looked at.
 */
type Line = {
  readonly name: string
  readonly files: RegExp
  readonly version: RegExp
  readonly fits?: (file: string, version: string) => boolean
}

export const lines: readonly Line[] = [
  {
    name: 'node',
    files: /^node$/,
    version: /(?:node|\0|https:\/\/nodejs\.org\/download\/release\/)v(\d{1,4}\.\d{1,4}\.\d{1,4})(?:\/node-v|\0)/,
  },
  {
    name: 'python',
    files: /^(?:python\d+\.\d+m?|libpython\d+\.\d+m?\.so.*)$/,
    // Alone; or at the end of the prefix it was built for (pyenv), or of the folder it was built in, which takes in the string.
    version: /[\0/-](3\.\d{1,4}\.\d{1,4}(?:(?:a|b|rc)\d{1,4})?\+?|2\.7\.\d{1,4})\0/,
    fits: (file, version) => version.startsWith(`${/\d{1,4}\.\d{1,4}/.exec(file)?.[0]}.`),
  },
  {
    name: 'redis',
    files: /^redis-(?:server|cli|sentinel|check-aof|benchmark)$/,
    version: /(?<!\d)(\d{1,4}\.\d{1,4}\.\d{1,4})\0[0-9a-f]{8}\0/,
  },
  {
    name: 'valkey',
    files: /^valkey-(?:server|cli|sentinel)$/,
    version: /valkey[ _-](?:server v=)?(\d{1,4}\.\d{1,4}\.\d{1,4})/i,
  },
  {
    name: 'nginx',
    files: /^(?:nginx|openresty)$/,
    version: /nginx version: [^\0]{0,60}?(?:nginx|openresty)\/(\d{1,4}\.\d{1,4}\.\d{1,4}(?:\.\d{1,4})?)/,
  },
  { name: 'httpd', files: /^(?:httpd|apache2)$/, version: /Apache\/(\d{1,4}\.\d{1,4}\.\d{1,4})/ },
  {
    name: 'openssl',
    files: /^(?:openssl|libcrypto\.so.*)$/,
    version: /OpenSSL (\d{1,4}\.\d{1,4}\.\d{1,4}[a-z]{0,2})(?: |\0|-)/,
  },
  { name: 'busybox', files: /^busybox(?:\.static)?$/, version: /BusyBox v(\d{1,4}\.\d{1,4}\.\d{1,4})/ },
  {
    name: 'php',
    files: /^php(?:\d*(?:\.\d+)?|-fpm.*|-cgi.*)$|^libphp\d*\.so$/,
    version: /X-Powered-By: PHP\/(\d{1,4}\.\d{1,4}\.\d{1,4}(?:(?:RC|alpha|beta)\d{1,4})?)/,
  },
  {
    name: 'postgresql',
    files: /^(?:postgres|psql|pg_dump|pg_ctl|libpq\.so.*)$/,
    version: /PostgreSQL\) (\d{1,4}(?:\.\d{1,4}){0,3})|PostgreSQL (\d{1,4}(?:\.\d{1,4}){1,3}) on /,
  },
  {
    name: 'mariadb',
    files: /^(?:mariadbd?|mysqld?)$/,
    version: /(?<!\d)(\d{1,4}\.\d{1,4}\.\d{1,4})-MariaDB/,
  },
  {
    name: 'mysql',
    files: /^(?:mysqld?|mysqladmin)$/,
    version: /\0(8\.\d{1,4}\.\d{1,4}|9\.\d{1,4}\.\d{1,4}|5\.[67]\.\d{1,4})\0[^\0]{0,100}\0?(?:MySQL Community Server|Linux)/,
  },
  { name: 'curl', files: /^(?:curl|libcurl(?:-gnutls)?\.so.*)$/, version: /(?:lib)?curl[/ ](\d{1,4}\.\d{1,4}\.\d{1,4})/ },
  { name: 'bash', files: /^(?:bash|sh)$/, version: /@\(#\)Bash version (\d{1,4}\.\d{1,4}\.\d{1,4})/ },
  {
    name: 'perl',
    files: /^(?:perl(?:5[\d.]*)?|libperl\.so.*)$/,
    version: /\/perl5?\/(5\.\d{1,4}\.\d{1,4})(?:\0|\/)|\0v?(5\.\d{1,4}\.\d{1,4})\0/,
  },
  {
    name: 'ruby',
    files: /^(?:ruby(?:\d+\.\d+)?|libruby(?:-\d+\.\d+)?\.so.*)$/,
    version: /ruby (\d{1,4}\.\d{1,4}\.\d{1,4})(?:p\d{1,6})? \(/,
  },
  {
    name: 'haproxy',
    files: /^haproxy$/,
    version: /HA-?Proxy[^\0]{0,20}version (\d{1,4}\.\d{1,4}(?:\.\d{1,4})?)|\0(\d{1,4}\.\d{1,4}\.\d{1,4})-[0-9a-f]{7}\0/,
  },
  { name: 'memcached', files: /^memcached$/, version: /memcached (\d{1,4}\.\d{1,4}\.\d{1,4})/ },
  { name: 'mongodb', files: /^mongo[ds]?$/, version: /mongo(?:db|d)?[^\0]{0,20}v(\d{1,4}\.\d{1,4}\.\d{1,4})/ },
  {
    name: 'zlib',
    files: /^libz\.so.*$/,
    version: /(?:inflate|deflate) (\d{1,4}\.\d{1,4}(?:\.\d{1,4}){0,2}) Copyright/,
  },
  {
    name: 'git',
    files: /^git$/,
    version: /git version (\d{1,4}\.\d{1,4}\.\d{1,4})|\0(2\.\d{1,4}\.\d{1,4}(?:\.\d{1,4})?)\0/,
  },
  { name: 'lighttpd', files: /^lighttpd$/, version: /lighttpd\/(\d{1,4}\.\d{1,4}\.\d{1,4})/ },
  { name: 'sqlite', files: /^(?:sqlite3|libsqlite3\.so.*)$/, version: /\0(3\.\d{1,4}\.\d{1,4})\0/ },
  { name: 'varnish', files: /^varnishd$/, version: /varnish-(\d{1,4}\.\d{1,4}\.\d{1,4}) revision/ },
  {
    name: 'gcc',
    files: /^(?:gcc|cc1)(?:-\d+)?$/,
    version: /GNU C\d{0,4} \(?[^\0]{0,40}?(\d{1,4}\.\d{1,4}\.\d{1,4})/,
  },
  {
    name: 'openjdk',
    files: /^java$/,
    // The launcher's name, the program's, the release in two numbers that newer ones leave at 0.0, and what `java -version` prints as the build.
    version: /\0openjdk\0java\0\d{1,4}\.\d{1,4}\0(\d{1,4}[\w.+-]{0,80})\0/,
  },
  {
    name: 'envoy',
    files: /^envoy$/,
    version: /(?<![0-9a-f])[0-9a-f]{40}\/(\d{1,4}\.\d{1,4}\.\d{1,4})\/Clean\/RELEASE/,
  },
]

/** A program of more bytes is read no further: versions stand in its constants, and the largest real one has 150 MB. */
const scanLimit = 256 * 1024 * 1024
const window = 512 * 1024
/** No version and what stands around it is longer. */
const overlap = 512

const cataloger: Cataloger<Data> = {
  revision: 2,
  files: [
    '**/go/VERSION',
    '**/releases/*/OTP_VERSION',
    '**/{jvm,jdk,java,jre,openjdk}*/**/release',
    'opt/*/release',
    'usr/local/*/release',
  ],
  content: 'elf',
  largest: anySize,
  collect(file) {
    const name = file.path.slice(file.path.lastIndexOf('/') + 1)
    if (name === 'VERSION' || name === 'OTP_VERSION' || name === 'release') return fromText(file, name)
    for (const line of lines) {
      if (!line.files.test(name)) continue
      const version = scan(file, name, line)
      if (version !== undefined) return { name: line.name, version }
    }
    return undefined
  },
  *assemble(found) {
    // A Java runtime says it twice, by its program and by its file `release` (of a JDK 8 one folder above the runtime's), which knows the maker too.
    const runtimes = new Set(found.flatMap(({ path }) => /^(.*)\/release$/.exec(path)?.[1] ?? []))
    for (const { path, at, data } of found) {
      const runtime = /^(.*?)(?:\/jre)?\/bin\/java$/.exec(path)
      if (runtime && (runtimes.has(runtime[1]!) || runtimes.has(path.slice(0, -'/bin/java'.length)))) continue
      yield {
        purl: purl({ type: 'generic', name: data.name, version: data.version }),
        name: data.name,
        version: data.version,
        ecosystem: 'generic',
        at: [at],
        dependsOn: [],
        licences: [],
      }
    }
  },
}

export default cataloger

const scan = (file: LayerFile, name: string, { version, fits }: Line): string | undefined => {
  const pattern = new RegExp(version, `${version.flags}g`)
  for (let at = 0; at < Math.min(file.size, scanLimit); at += window) {
    for (const match of latin1(file.read(at, window + overlap)).matchAll(pattern)) {
      const found = match.slice(1).find(group => group !== undefined)
      if (found !== undefined && (fits?.(name, found) ?? true)) return found
    }
  }
  return undefined
}

/** Files that say nothing but a version; of Java, `NAME="value"` lines: https://openjdk.org/jeps/223 */
const fromText = (file: LayerFile, name: string): Data | undefined => {
  if (file.size > 64 * 1024) return undefined
  const text = wholeText(file)
  if (name === 'VERSION') {
    const version = /^go(\d+\.\d+[\w.]*)/.exec(text)?.[1]
    return version === undefined ? undefined : { name: 'go', version }
  }
  if (name === 'OTP_VERSION') {
    const version = /^(\d+(?:\.\d+)+)/.exec(text)?.[1]
    return version === undefined ? undefined : { name: 'erlang', version }
  }
  const field = (key: string): string | undefined => new RegExp(`^${key}="?([^"\\n]*)"?`, 'm').exec(text)?.[1]
  const version = field('JAVA_VERSION')
  if (version === undefined || version === '') return undefined
  const maker = field('IMPLEMENTOR') ?? ''
  const names: readonly (readonly [RegExp, string])[] = [
    [/oracle/i, 'oracle-jdk'],
    [/graalvm/i, 'graalvm'],
    [/ibm|openj9/i, 'ibm-semeru'],
  ]
  return {
    name: names.find(([pattern]) => pattern.test(maker))?.[1] ?? 'openjdk',
    version: field('JAVA_RUNTIME_VERSION') ?? version,
  }
}
