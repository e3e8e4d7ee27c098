/** NetworkPolicies: nothing in, nothing out, and what is known to be needed. https://kubernetes.io/docs/concepts/services-networking/network-policies/ */
import { type Annotated, type AnnotatedMap, entry, list, map, plainList } from './annotated-yaml.ts'

export type NetworkPort = { readonly port: number; readonly protocol: 'TCP' | 'UDP' }
export type Labels = Readonly<Record<string, string>>

/** Another one that it talks with. `ports`: those of whoever is talked to; none: all of them, because nobody says. */
export type Edge = {
  readonly name: string
  readonly labels: Labels
  readonly ports: readonly NetworkPort[]
  readonly why: string
}

export type NetworkSubject = {
  readonly name: string
  readonly namespace: string | undefined
  /** Never empty: a selector of nothing selects every pod of the namespace. */
  readonly labels: Labels
  readonly incoming: readonly Edge[]
  readonly outgoing: readonly Edge[]
  /** Ports that more than single others reach. */
  readonly open: readonly {
    readonly to: 'everybody' | 'namespace'
    readonly ports: readonly NetworkPort[]
    readonly why: string
  }[]
}

export type NetworkPolicyObject = { readonly root: AnnotatedMap; readonly notes: readonly string[] }

export const networkPolicies = (subject: NetworkSubject): readonly NetworkPolicyObject[] => {
  const { name, incoming, outgoing, open } = subject
  const policy = (
    suffix: string,
    types: readonly string[],
    rules: readonly Parameters<typeof entry>[],
    why: string,
  ): NetworkPolicyObject => ({
    notes: [why],
    root: map(
      entry('apiVersion', 'networking.k8s.io/v1'),
      entry('kind', 'NetworkPolicy'),
      entry(
        'metadata',
        map(
          entry('name', `${name}-${suffix}`),
          subject.namespace === undefined ? undefined : entry('namespace', subject.namespace),
        ),
      ),
      entry(
        'spec',
        map(
          entry('podSelector', selector(subject.labels)),
          entry('policyTypes', plainList(types)),
          ...rules.map(rule => entry(...rule)),
        ),
      ),
    ),
  })
  return [
    policy('deny', ['Ingress', 'Egress'], [], 'Nothing comes in and nothing goes out but what other policies allow.'),
    policy(
      'dns',
      ['Egress'],
      [
        [
          'egress',
          plainList([
            map(
              entry(
                'to',
                plainList([
                  map(
                    entry('namespaceSelector', selector({ 'kubernetes.io/metadata.name': 'kube-system' })),
                    entry('podSelector', selector({ 'k8s-app': 'kube-dns' })),
                  ),
                ]),
              ),
              entry(
                'ports',
                portList([
                  { port: 53, protocol: 'UDP' },
                  { port: 53, protocol: 'TCP' },
                ]),
              ),
            ),
          ]),
        ],
      ],
      'Names are looked up at the cluster’s DNS; a cache on the node has another address, which has to be added.',
    ),
    ...open.map(({ to, ports, why }) =>
      policy(
        to === 'everybody' ? 'from-everybody' : 'from-namespace',
        ['Ingress'],
        [
          [
            'ingress',
            plainList([
              map(
                to === 'namespace' ? entry('from', plainList([map(entry('podSelector', map()))])) : undefined,
                ports.length > 0 ? entry('ports', portList(ports)) : undefined,
              ),
            ]),
          ],
        ],
        why,
      ),
    ),
    ...incoming.map(edge =>
      policy(`from-${edge.name}`, ['Ingress'], [['ingress', plainList([edgeRule('from', edge)])]], edge.why),
    ),
    ...outgoing.map(edge => policy(`to-${edge.name}`, ['Egress'], [['egress', plainList([edgeRule('to', edge)])]], edge.why)),
  ]
}

const selector = (labels: Labels): AnnotatedMap =>
  map(entry('matchLabels', map(...Object.entries(labels).map(([key, value]) => entry(key, value)))))

const portList = (ports: readonly NetworkPort[]): Annotated =>
  list(ports.map(({ port, protocol }) => ({ value: map(entry('protocol', protocol), entry('port', port)) })))

const edgeRule = (direction: 'from' | 'to', { labels, ports }: Edge): AnnotatedMap =>
  map(
    entry(direction, plainList([map(entry('podSelector', selector(labels)))])),
    ports.length > 0 ? entry('ports', portList(ports)) : undefined,
  )
