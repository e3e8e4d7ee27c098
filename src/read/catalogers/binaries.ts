/**
 * Programs and libraries that no package manager put there, by the versions that are written inside of them. Only what says its version without doubt is
 * in the table: a file's name chooses the line, and its text must agree.
 */
import { purl } from '../../model/purl.ts'
import { anySize, type Cataloger, type LayerFile, wholeText } from '../cataloger.ts'
import { latin1 } from '../elf.ts'

type Data = { readonly name: string; readonly version: string }

/** `files`: of ELF files, by name. The first group of `version` is the version. */
type Line = { readonly name: string; readonly files: RegExp; readonly version: RegExp }

const lines: readonly Line[] = [
  {
    name: 'node',
    files: /^node$/,
    version: /(?:node|\0|https:\/\/nodejs\.org\/download\/release\/)v(\d+\.\d+\.\d+)(?:\/node-v|\0)/,
  },
  {
    name: 'python',
    files: /^(?:python\d+\.\d+m?|libpython\d+\.\d+m?\.so.*)$/,
    version: /\0(3\.\d+\.\d+(?:(?:a|b|rc)\d+)?\+?|2\.7\.\d+)\0/,
  },
  {
    name: 'redis',
    files: /^redis-(?:server|cli|sentinel|check-aof|benchmark)$/,
    version: /(?:Redis (?:server )?v=|redis-cli |redis-benchmark |payload_version[^\0]*\0)?\0?(\d+\.\d+\.\d+)\0[0-9a-f]{8}\0/,
  },
  { name: 'valkey', files: /^valkey-(?:server|cli|sentinel)$/, version: /valkey[ _-](?:server v=)?(\d+\.\d+\.\d+)/i },
  {
    name: 'nginx',
    files: /^(?:nginx|openresty)$/,
    version: /nginx version: [^\0]*?(?:nginx|openresty)\/(\d+\.\d+\.\d+(?:\.\d+)?)/,
  },
  { name: 'httpd', files: /^(?:httpd|apache2)$/, version: /Apache\/(\d+\.\d+\.\d+)/ },
  {
    name: 'openssl',
    files: /^(?:openssl|libcrypto\.so.*)$/,
    version: /OpenSSL (\d+\.\d+\.\d+[a-z]{0,2})(?: |\0|-)/,
  },
  { name: 'busybox', files: /^busybox(?:\.static)?$/, version: /BusyBox v(\d+\.\d+\.\d+)/ },
  {
    name: 'php',
    files: /^php(?:\d*(?:\.\d+)?|-fpm.*|-cgi.*)$|^libphp\d*\.so$/,
    version: /X-Powered-By: PHP\/(\d+\.\d+\.\d+(?:(?:RC|alpha|beta)\d+)?)/,
  },
  {
    name: 'postgresql',
    files: /^(?:postgres|psql|pg_dump|pg_ctl|libpq\.so.*)$/,
    version: /PostgreSQL\) (\d+(?:\.\d+)+)|\(PostgreSQL\) (\d+(?:\.\d+)*)|PostgreSQL (\d+(?:\.\d+)+) on /,
  },
  { name: 'mariadb', files: /^(?:mariadbd?|mysqld?)$/, version: /(\d+\.\d+\.\d+)-MariaDB/ },
  {
    name: 'mysql',
    files: /^(?:mysqld?|mysqladmin)$/,
    version: /\0(8\.\d+\.\d+|9\.\d+\.\d+|5\.[67]\.\d+)\0[^\0]*\0?(?:MySQL Community Server|Linux)/,
  },
  { name: 'curl', files: /^(?:curl|libcurl(?:-gnutls)?\.so.*)$/, version: /(?:lib)?curl[/ ](\d+\.\d+\.\d+)/ },
  { name: 'bash', files: /^(?:bash|sh)$/, version: /@\(#\)Bash version (\d+\.\d+\.\d+)/ },
  {
    name: 'perl',
    files: /^(?:perl(?:5[\d.]*)?|libperl\.so.*)$/,
    version: /\/perl5?\/(5\.\d+\.\d+)(?:\0|\/)|\0v?(5\.\d+\.\d+)\0/,
  },
  { name: 'ruby', files: /^(?:ruby(?:\d+\.\d+)?|libruby(?:-\d+\.\d+)?\.so.*)$/, version: /ruby (\d+\.\d+\.\d+)(?:p\d+)? \(/ },
  {
    name: 'haproxy',
    files: /^haproxy$/,
    version: /HA-?Proxy[^\0]{0,20}version (\d+\.\d+(?:\.\d+)?)|\0(\d+\.\d+\.\d+)-[0-9a-f]{7}\0/,
  },
  { name: 'memcached', files: /^memcached$/, version: /memcached (\d+\.\d+\.\d+)/ },
  { name: 'mongodb', files: /^mongo[ds]?$/, version: /mongo(?:db|d)?[^\0]{0,20}v(\d+\.\d+\.\d+)/ },
  { name: 'zlib', files: /^libz\.so.*$/, version: /(?:inflate|deflate) (\d+\.\d+(?:\.\d+){0,2}) Copyright/ },
  { name: 'git', files: /^git$/, version: /git version (\d+\.\d+\.\d+)|\0(2\.\d+\.\d+(?:\.\d+)?)\0/ },
  { name: 'lighttpd', files: /^lighttpd$/, version: /lighttpd\/(\d+\.\d+\.\d+)/ },
  { name: 'sqlite', files: /^(?:sqlite3|libsqlite3\.so.*)$/, version: /\0(3\.\d+\.\d+)\0/ },
  { name: 'varnish', files: /^varnishd$/, version: /varnish-(\d+\.\d+\.\d+) revision/ },
  { name: 'gcc', files: /^(?:gcc|cc1)(?:-\d+)?$/, version: /GNU C\d* \(?[^\0]{0,40}?(\d+\.\d+\.\d+)/ },
  { name: 'openjdk', files: /^java$/, version: /\0openjdk\0[^\0]*\0?(\d+\.\d+\.\d+)\0/ },
  { name: 'envoy', files: /^envoy$/, version: /[0-9a-f]{40}\/(\d+\.\d+\.\d+)\/Clean\/RELEASE/ },
]

/** A program of more bytes is read no further: versions stand in its constants, and the largest real one has 150 MB. */
const scanLimit = 256 * 1024 * 1024
const window = 512 * 1024
/** No version and what stands around it is longer. */
const overlap = 512

const cataloger: Cataloger<Data> = {
  revision: 1,
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
      const version = scan(file, line.version)
      if (version !== undefined) return { name: line.name, version }
    }
    return undefined
  },
  *assemble(found) {
    for (const { at, data } of found)
      yield {
        purl: purl({ type: 'generic', name: data.name, version: data.version }),
        name: data.name,
        version: data.version,
        ecosystem: 'generic',
        at: [at],
        dependsOn: [],
        licences: [],
      }
  },
}

export default cataloger

const scan = (file: LayerFile, pattern: RegExp): string | undefined => {
  for (let at = 0; at < Math.min(file.size, scanLimit); at += window) {
    const match = pattern.exec(latin1(file.read(at, window + overlap)))
    if (match) return match.slice(1).find(group => group !== undefined)
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
