import type { Port } from '../../../model/container.ts'
import type { Severity } from '../../../model/finding.ts'
import type { Report } from '../../../model/rule.ts'
import { advise } from '../../container-queries.ts'
import { containerRule } from '../../container-rule.ts'

/** What listens on a port of a container, where it is something that strangers must not reach. */
const services: Readonly<Record<number, readonly [Severity, string]>> = {
  2375: ['critical', 'the engine’s API without TLS'],
  2376: ['high', 'the engine’s API'],
  2379: ['high', 'etcd'],
  10250: ['high', 'the kubelet'],
  22: ['medium', 'SSH'],
  23: ['high', 'telnet'],
  1433: ['medium', 'Microsoft SQL Server'],
  1521: ['medium', 'Oracle'],
  3306: ['medium', 'MySQL or MariaDB'],
  33060: ['medium', 'MySQL'],
  5432: ['medium', 'PostgreSQL'],
  5984: ['medium', 'CouchDB'],
  6379: ['high', 'Redis'],
  8086: ['medium', 'InfluxDB'],
  8529: ['medium', 'ArangoDB'],
  9042: ['medium', 'Cassandra'],
  9092: ['medium', 'Kafka'],
  9200: ['high', 'Elasticsearch'],
  9300: ['high', 'Elasticsearch'],
  11211: ['high', 'memcached'],
  15672: ['medium', 'RabbitMQ’s management'],
  5672: ['medium', 'RabbitMQ'],
  27017: ['high', 'MongoDB'],
  28015: ['medium', 'RethinkDB'],
  7687: ['medium', 'Neo4j'],
  8500: ['medium', 'Consul'],
  8200: ['medium', 'Vault'],
  2181: ['medium', 'ZooKeeper'],
  9000: ['low', 'PHP-FPM, MinIO or Portainer'],
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
      const found = serviceOf(port)
      const shown = port.hostPort === undefined ? `the port ${port.containerPort}` : `the port ${rangeOf(port)}`
      // Many ports at once are seldom meant.
      const width = port.hostPort === undefined || port.lastHostPort === undefined ? 1 : port.lastHostPort - port.hostPort + 1
      yield {
        at: port.at,
        severity: found ? found[0] : width > 100 ? 'medium' : 'low',
        message: found
          ? `${shown} is open on every address of the host, and ${found[1]} listens there`
          : `${shown} is open on every address of the host`,
        ...advise(
          found
            ? 'Delete it: services of one network reach each other without; for the machine itself write 127.0.0.1: in front'
            : 'Write 127.0.0.1: in front, unless other machines are meant to reach it; then let a firewall that the engine does not bypass decide who',
        ),
      }
    }
  },
})

const isEverywhere = (address: string): boolean => /^(?:0\.0\.0\.0|\[?::\]?|)$/.test(address)

const serviceOf = ({ containerPort }: Port): readonly [Severity, string] | undefined =>
  Object.hasOwn(services, containerPort) ? services[containerPort] : undefined

const rangeOf = ({ hostPort, lastHostPort }: Port): string =>
  lastHostPort === undefined || lastHostPort === hostPort ? String(hostPort) : `${hostPort}-${lastHostPort}`
