/**
 * What is publicly documented about well-known programs: where they write, the account that their images bring, and whether the image may be started as
 * somebody other than root. Sources: the pages of the images (https://github.com/docker-library/docs) and the vendors' own.
 */
import { parseReference } from '../read/dockerfile/reference.ts'

export type KnownProgram = {
  readonly name: string
  /** The names that its program has. */
  readonly programs: readonly string[]
  /** Repositories on Docker Hub. */
  readonly repositories: readonly string[]
  /** The accounts that images and distributions make for it, the usual one first. */
  readonly accounts: readonly string[]
  /** Its documentation says that the image works under any user. */
  readonly anyUser?: true
  /** Folders for what need not survive: sockets, files of process ids, caches. */
  readonly scratch: readonly string[]
  /** Folders for what must survive. */
  readonly data: readonly string[]
  /** The Dockerfiles of its images declare these folders as volumes, so that they can be written to whatever the root is. */
  readonly isDeclared?: true
  readonly ports: readonly number[]
  /** MiB that it needs to start with its usual settings, where that is more than most need. */
  readonly memory?: number
  readonly source: string
}

const official = (name: string): string => `https://github.com/docker-library/docs/tree/master/${name}`

export const knownPrograms: readonly KnownProgram[] = [
  {
    name: 'nginx',
    programs: ['nginx', 'nginx-debug', 'openresty'],
    repositories: ['library/nginx', 'nginxinc/nginx-unprivileged'],
    accounts: ['nginx', 'www-data'],
    anyUser: true,
    scratch: ['/run', '/var/cache/nginx', '/var/lib/nginx', '/tmp'],
    data: [],
    ports: [80],
    source: official('nginx'),
  },
  {
    name: 'Apache httpd',
    programs: ['httpd', 'httpd-foreground', 'apache2', 'apache2-foreground', 'apachectl', 'apache2ctl'],
    repositories: ['library/httpd'],
    accounts: ['www-data', 'apache', 'daemon'],
    scratch: ['/usr/local/apache2/logs', '/run/apache2', '/run/lock', '/tmp'],
    data: [],
    ports: [80],
    source: official('httpd'),
  },
  {
    name: 'Redis',
    programs: ['redis-server', 'redis-sentinel', 'valkey-server', 'valkey-sentinel'],
    repositories: ['library/redis', 'valkey/valkey'],
    accounts: ['redis', 'valkey'],
    anyUser: true,
    scratch: [],
    data: ['/data'],
    isDeclared: true,
    ports: [6379],
    source: official('redis'),
  },
  {
    name: 'PostgreSQL',
    programs: ['postgres', 'postmaster'],
    repositories: ['library/postgres', 'postgis/postgis', 'pgvector/pgvector', 'timescale/timescaledb'],
    accounts: ['postgres'],
    anyUser: true,
    scratch: ['/run/postgresql', '/tmp'],
    data: ['/var/lib/postgresql/data'],
    isDeclared: true,
    ports: [5432],
    source: official('postgres'),
  },
  {
    name: 'MySQL',
    programs: ['mysqld', 'mysqld_safe'],
    repositories: ['library/mysql', 'library/percona'],
    accounts: ['mysql'],
    anyUser: true,
    scratch: ['/run/mysqld', '/tmp'],
    data: ['/var/lib/mysql'],
    isDeclared: true,
    ports: [3306, 33060],
    memory: 1024,
    source: official('mysql'),
  },
  {
    name: 'MariaDB',
    programs: ['mariadbd', 'mariadbd-safe'],
    repositories: ['library/mariadb'],
    accounts: ['mysql'],
    anyUser: true,
    scratch: ['/run/mysqld', '/tmp'],
    data: ['/var/lib/mysql'],
    isDeclared: true,
    ports: [3306],
    source: official('mariadb'),
  },
  {
    name: 'MongoDB',
    programs: ['mongod', 'mongos'],
    repositories: ['library/mongo'],
    accounts: ['mongodb'],
    anyUser: true,
    scratch: ['/tmp'],
    data: ['/data/db', '/data/configdb'],
    isDeclared: true,
    ports: [27017],
    memory: 1024,
    source: official('mongo'),
  },
  {
    name: 'RabbitMQ',
    programs: ['rabbitmq-server'],
    repositories: ['library/rabbitmq'],
    accounts: ['rabbitmq'],
    anyUser: true,
    scratch: ['/var/log/rabbitmq', '/tmp'],
    data: ['/var/lib/rabbitmq'],
    isDeclared: true,
    ports: [5672],
    source: official('rabbitmq'),
  },
  {
    name: 'memcached',
    programs: ['memcached'],
    repositories: ['library/memcached'],
    accounts: ['memcache', 'memcached'],
    anyUser: true,
    scratch: [],
    data: [],
    ports: [11211],
    source: official('memcached'),
  },
  {
    name: 'HAProxy',
    programs: ['haproxy'],
    repositories: ['library/haproxy'],
    accounts: ['haproxy'],
    anyUser: true,
    scratch: ['/run'],
    data: [],
    ports: [],
    source: official('haproxy'),
  },
  {
    name: 'Caddy',
    programs: ['caddy'],
    repositories: ['library/caddy'],
    accounts: ['caddy'],
    scratch: [],
    data: ['/data', '/config'],
    ports: [80, 443],
    source: official('caddy'),
  },
  {
    name: 'Prometheus',
    programs: ['prometheus'],
    repositories: ['prom/prometheus'],
    accounts: ['nobody'],
    anyUser: true,
    scratch: [],
    data: ['/prometheus'],
    isDeclared: true,
    ports: [9090],
    source: 'https://prometheus.io/docs/prometheus/latest/installation/#using-docker',
  },
  {
    name: 'Grafana',
    programs: ['grafana-server', 'grafana'],
    repositories: ['grafana/grafana', 'grafana/grafana-oss', 'grafana/grafana-enterprise'],
    accounts: ['grafana'],
    anyUser: true,
    scratch: ['/tmp'],
    data: ['/var/lib/grafana'],
    ports: [3000],
    source: 'https://grafana.com/docs/grafana/latest/setup-grafana/installation/docker/',
  },
  {
    name: 'Tomcat',
    programs: ['catalina.sh'],
    repositories: ['library/tomcat'],
    accounts: ['tomcat'],
    scratch: ['/usr/local/tomcat/logs', '/usr/local/tomcat/temp', '/usr/local/tomcat/work', '/tmp'],
    data: [],
    ports: [8080],
    memory: 1024,
    source: official('tomcat'),
  },
]

/** By a word of the start command, for entry points are often scripts that get the program as their first argument; else by the image's name. */
export const knownProgram = (words: readonly string[], imageName: string | undefined): KnownProgram | undefined => {
  for (const word of words.slice(0, 2)) {
    const name = word.slice(word.lastIndexOf('/') + 1)
    const known = knownPrograms.find(({ programs }) => programs.includes(name))
    if (known) return known
  }
  const reference = imageName === undefined ? undefined : parseReference(imageName)
  if (reference?.registry !== 'docker.io') return undefined
  return knownPrograms.find(({ repositories }) => repositories.includes(reference.repository))
}

/** Its folders for data that the image under this name declares as volumes itself. */
export const declaredFolders = (program: KnownProgram, imageName: string | undefined): readonly string[] => {
  const reference = imageName === undefined ? undefined : parseReference(imageName)
  const isIts = reference?.registry === 'docker.io' && program.repositories.includes(reference.repository)
  return isIts && program.isDeclared ? program.data : []
}
