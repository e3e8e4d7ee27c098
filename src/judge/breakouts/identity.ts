import type { AccessRule } from '../../read/kubernetes/manifests.ts'
import { breakoutPath, partAt, placed, removed, type Way } from '../breakout-path.ts'
import { powers } from '../cluster-powers.ts'
import { speaksForPod } from '../container-queries.ts'
import { hasToken, rightsOf, tokenVolumes } from '../service-account.ts'

/** By their programs' documentation, variables whose value is the key of an account at a cloud. */
const cloudKeys: Readonly<Record<string, string>> = {
  AWS_SECRET_ACCESS_KEY: 'AWS',
  AZURE_CLIENT_SECRET: 'Azure',
  GOOGLE_CREDENTIALS: 'Google Cloud',
  DIGITALOCEAN_TOKEN: 'DigitalOcean',
  DIGITALOCEAN_ACCESS_TOKEN: 'DigitalOcean',
  HCLOUD_TOKEN: 'Hetzner Cloud',
  LINODE_TOKEN: 'Linode',
  CLOUDFLARE_API_TOKEN: 'Cloudflare',
}

export default breakoutPath({
  code: 'E18',
  summary: 'The token of a pod commands the cluster, a key in the environment the cloud',
  links: ['https://kubernetes.io/docs/concepts/security/rbac-good-practices/', 'https://attack.mitre.org/techniques/T1552/'],
  *find({ container, facts }): Iterable<Way> {
    for (const { name, value, at } of container.environment) {
      const cloud = Object.hasOwn(cloudKeys, name) ? cloudKeys[name] : undefined
      if (cloud === undefined || value === '') continue
      yield {
        title: `A key of ${cloud} is in its environment`,
        severity: 'medium',
        chain: [placed(`\`${name}\` is set`, at)],
        depends: ['the key may do more than this container needs'],
        gets: `acts in ${cloud} with that key, from anywhere`,
        reaches: 'cluster',
        close: {
          title: 'Take the key out: give the machine or the pod a role that may do only this',
          wishes: [{ do: 'remove', at }],
        },
      }
    }
    const { pod } = container
    if (!pod || facts.manifests === undefined || !hasToken(pod, facts.manifests)) return
    // One way for each kind of power, told of the first container of the pod: all of them have the token.
    if (!speaksForPod(container, facts)) return
    const [projected] = tokenVolumes(pod)
    for (const { power, severity, names, where, by, elsewhere, at, rule } of rightsOf(pod, facts.manifests)) {
      // A few things by name lead nowhere by themselves.
      if (names) continue
      yield {
        title: `The pod’s token ${power.does} ${where}`,
        severity,
        chain: [
          partAt('the service account’s token is mounted', projected?.at ? projected : pod.serviceAccount),
          placed(rule ? inWords(rule) : `it is \`${by}\``, at),
        ],
        depends: [
          ...elsewhere.map(path => `\`${path}\` is applied too`),
          ...(power.may === powers.pods.may ? ['the namespace does not forbid such pods (Pod Security Admission)'] : []),
        ],
        gets: `${power.does} ${where}`,
        reaches: 'cluster',
        close: {
          title: 'Do not mount the token where the program does not ask the cluster, or narrow the role',
          wishes: [{ do: 'set', field: 'automountToken', value: false }, ...removed(...tokenVolumes(pod))],
        },
      }
    }
  },
})

const inWords = ({ verbs, resources }: AccessRule): string => {
  const what = resources.includes('*') ? 'everything' : resources.join(', ')
  if (!verbs.includes('*')) return `it may ${verbs.join(', ')} ${what}`
  return what === 'everything' ? 'it may do everything' : `it may do everything with ${what}`
}
