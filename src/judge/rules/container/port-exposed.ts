import type { Container, Port } from '../../../model/container.ts'
import { reaches, type Severity } from '../../../model/finding.ts'
import type { Report } from '../../../model/rule.ts'
import { advise, referenceOf } from '../../container-queries.ts'
import { containerRule } from '../../container-rule.ts'

/**
 * What listens on a port of a container, where it is something that strangers must not reach, and the images and services in which it does: many a program takes a
 * number that another is known for.
 */
const services: Readonly<Record<number, readonly [Severity, string, RegExp]>> = {
  2375: ['critical', 'the engine’s API without TLS', /docker|dind|engine|podman/],
  2376: ['high', 'the engine’s API', /docker|dind|engine|podman/],
  2379: ['high', 'etcd', /etcd/],
  10250: ['high', 'the kubelet', /kube|k3s|k0s|kind/],
  22: ['medium', 'SSH', /ssh|sftp|git|gerrit|bastion|jump/],
  23: ['high', 'telnet', /telnet/],
  1433: ['medium', 'Microsoft SQL Server', /sql|database|^db/],
  1521: ['medium', 'Oracle', /oracle|database|^db/],
  3306: ['medium', 'MySQL or MariaDB', /mysql|maria|percona|database|db$|^db/],
  33060: ['medium', 'MySQL', /mysql|maria|percona|database|db$|^db/],
  5432: ['medium', 'PostgreSQL', /postg|pg|timescale|cockroach|alloydb|database|db$|^db/],
  5984: ['medium', 'CouchDB', /couch|database|^db/],
  6379: ['high', 'Redis', /redis|valkey|keydb|dragonfly|cache|broker|queue/],
  8086: ['medium', 'InfluxDB', /influx/],
  8529: ['medium', 'ArangoDB', /arango/],
  9042: ['medium', 'Cassandra', /cassandra|scylla/],
  9092: ['medium', 'Kafka', /kafka|redpanda|broker/],
  9200: ['high', 'Elasticsearch', /elastic|opensearch|opendistro|^es\d?$|indexer/],
  9300: ['high', 'Elasticsearch', /elastic|opensearch|opendistro|^es\d?$|indexer/],
  11211: ['high', 'memcached', /memcache|cache/],
  15672: ['medium', 'RabbitMQ’s management', /rabbit|broker|queue/],
  5672: ['medium', 'RabbitMQ', /rabbit|broker|queue/],
  27017: ['high', 'MongoDB', /mongo|ferret|database|^db/],
  28015: ['medium', 'RethinkDB', /rethink/],
  7687: ['medium', 'Neo4j', /neo4j|memgraph/],
  8500: ['medium', 'Consul', /consul/],
  8200: ['medium', 'Vault', /vault|openbao/],
  2181: ['medium', 'ZooKeeper', /zookeeper|^zk/],
  9000: ['low', 'PHP-FPM, MinIO or Portainer', /php|fpm|minio|portainer|fastcgi/],
}

export default containerRule({
  on: 'container',
  severity: 'medium',
  since: '0.1.0',
  profile: 'default',
  summary: 'A port is open on every address of the host',
  why: 'A published port without an address listens on all of them, and the engine’s own rules come before the firewall of the host: ufw and firewalld do not see it. Databases that were meant for the service beside them are found by scanners within hours. On an internal network no port is needed at all.',
  examples: [
    {
      bad: 'services:\n  db:\n    image: postgres:17\n    ports:\n      - 5432:5432\n',
      good: 'services:\n  db:\n    image: postgres:17\n    ports:\n      - 127.0.0.1:5432:5432\n',
      byHand: true,
    },
    {
      bad: 'apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\nspec:\n  containers:\n    - name: web\n      image: web:1\n      ports:\n        - containerPort: 8080\n          hostPort: 80\n',
      good: 'apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\nspec:\n  containers:\n    - name: web\n      image: web:1\n      ports:\n        - containerPort: 8080\n',
      byHand: true,
    },
    { bad: 'docker run -p 6379:6379 redis:7', good: 'docker run -p 127.0.0.1:6379:6379 redis:7', byHand: true },
  ],
  replaces: [
    'CIS 5.8',
    'CIS 5.9',
    'CIS 5.14',
    'check_5_8',
    'check_5_9',
    'check_5_14',
    'KSV-0024',
    'CKV_K8S_26',
    'C-0044',
    'CL-0005',
    'privileged-ports',
  ],
  links: [
    'https://docs.docker.com/engine/network/packet-filtering-firewalls/',
    'https://docs.docker.com/engine/network/port-publishing/',
  ],
  fixes: 'manual',
  *check(container): Iterable<Report> {
    const isHost = container.network.value === 'host'
    for (const port of container.ports) {
      if (container.form === 'kubernetes') {
        if (port.hostPort === undefined || port.hostPort === 0 || isHost) continue
        yield {
          at: port.at,
          message: `the port ${port.hostPort} of every node that runs the pod is taken, and open past all policies of the network`,
          ...advise('Delete hostPort, and reach the pod by a Service'),
        }
        continue
      }
      if (!port.published || isHost || (port.hostAddress !== undefined && !isEverywhere(port.hostAddress))) continue
      const found = serviceOf(port, container)
      const { text, isMany, isRandom } = shownPort(port)
      // Many ports at once are seldom meant.
      const width = port.hostPort === undefined || port.lastHostPort === undefined ? 1 : port.lastHostPort - port.hostPort + 1
      const severity: Severity = found?.severity ?? (width > 100 ? 'medium' : 'low')
      const open = isRandom
        ? `${text} is published on a random port of the host, on every address`
        : `${text} ${isMany ? 'are' : 'is'} open on every address of the host`
      yield {
        at: port.publishedAt ?? port.at,
        // Whoever looks finds it, but not by its number.
        severity: isRandom && !reaches('medium', severity) ? 'medium' : severity,
        message: found ? `${open}, and ${found.name} ${found.isSure ? 'listens' : 'often listens'} there` : open,
        ...advise(
          found?.isSure
            ? 'Delete it: services of one network reach each other without; for the machine itself write 127.0.0.1: in front'
            : 'Write 127.0.0.1: in front, unless other machines are meant to reach it; then let a firewall that the engine does not bypass decide who',
        ),
      }
    }
  },
})

const isEverywhere = (address: string): boolean => /^(?:0\.0\.0\.0|\[?::\]?|)$/.test(address)

type Found = { readonly severity: Severity; readonly name: string; readonly isSure: boolean }

/** A number alone says little, where the image says that something else runs. */
const serviceOf = ({ containerPort }: Port, container: Container): Found | undefined => {
  const known = Object.hasOwn(services, containerPort) ? services[containerPort] : undefined
  if (!known) return undefined
  const [severity, name, pattern] = known
  const repository = referenceOf(container)?.repository.toLowerCase()
  // Each part of the name by itself: an owner may be called as the program.
  const names = [
    ...(repository?.split('/').slice(-2) ?? []),
    ...(container.form === 'compose' ? [container.name.toLowerCase()] : []),
  ]
  const isSure = names.some(one => pattern.test(one))
  return { severity: isSure ? severity : 'low', name, isSure }
}

/** `host port 6379 → 9200`: what is reached, and what listens. */
const shownPort = ({
  hostPort,
  lastHostPort,
  containerPort,
}: Port): { readonly text: string; readonly isMany: boolean; readonly isRandom: boolean } => {
  if (hostPort === undefined) return { text: `port ${containerPort} of the container`, isMany: false, isRandom: true }
  const isMany = lastHostPort !== undefined && lastHostPort !== hostPort
  const range = isMany ? `${hostPort}-${lastHostPort}` : String(hostPort)
  const plural = isMany ? 's' : ''
  return {
    text:
      hostPort === containerPort
        ? `the port${plural} ${range}`
        : `host port${plural} ${range} → ${containerPort}${isMany ? ' and up' : ''}`,
    isMany,
    isRandom: false,
  }
}
