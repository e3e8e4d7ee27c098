import type { Report } from '../../../model/rule.ts'
import { mend, placeOf, removal } from '../../container-queries.ts'
import { containerRule } from '../../container-rule.ts'

export default containerRule({
  on: 'container',
  severity: 'high',
  since: '0.1.0',
  profile: 'default',
  summary: 'A container uses the network of its host',
  why: 'On the host’s network a program reaches what listens only on 127.0.0.1 because it trusts the machine: databases, the kubelet, metadata services with cloud keys, sockets without a file. No port is published and no policy of the network applies: whatever it opens is open on the host.',
  examples: [
    {
      bad: 'services:\n  web:\n    image: web:1\n    network_mode: host\n',
      good: 'services:\n  web:\n    image: web:1\n    ports:\n      - 127.0.0.1:8080:8080\n',
      byHand: true,
    },
    {
      bad: 'apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\nspec:\n  hostNetwork: true\n  containers:\n    - name: web\n      image: web:1\n',
      good: 'apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\nspec:\n  containers:\n    - name: web\n      image: web:1\n',
    },
    { bad: 'docker run --net=host web:1', good: 'docker run -p 127.0.0.1:8080:8080 web:1', byHand: true },
  ],
  replaces: ['CIS 5.10', 'check_5_10', 'KSV-0009', 'CKV_K8S_19', 'host-network', 'kubesec HostNetwork', 'C-0041', 'CL-0008'],
  links: ['https://docs.docker.com/engine/network/drivers/host/'],
  fixes: 'unsafe',
  *check(container): Iterable<Report> {
    const { network } = container
    if (network.value !== 'host') return
    yield {
      at: placeOf(network, container),
      message: 'the container is on the host’s own network, and reaches all that listens there, also on 127.0.0.1',
      ...mend(
        'unsafe',
        'Delete it, and publish the ports that others use; verify that nothing else was reached that way',
        ...removal(network),
      ),
    }
  },
})
