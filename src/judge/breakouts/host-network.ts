import { breakoutPath, partAt, removed } from '../breakout-path.ts'

export default breakoutPath({
  code: 'E13',
  summary: 'On the host’s network all that listens on 127.0.0.1 is within reach, and the cloud’s metadata',
  links: ['https://docs.docker.com/engine/network/drivers/host/', 'https://nvd.nist.gov/vuln/detail/CVE-2020-15257'],
  *find({ container, root, host }) {
    const { network } = container
    if (network.value !== 'host' || container.os !== 'linux') return
    const wishes = removed(network)
    yield {
      title: 'Services of the host that trust 127.0.0.1, and the cloud’s metadata, take it for the host',
      severity: 'high',
      chain: [partAt('it is on the host’s network', network)],
      depends: [
        'something listens there that asks for no password (a kubelet’s read-only port, an engine on tcp, a database), or 169.254.169.254 answers',
      ],
      gets: 'speaks to them as the host: with the machine’s role in the cloud, or with an engine that asks nobody',
      close: { title: 'Give it a network of its own', wishes },
    }
    if (root && (host.containerd === undefined ? false : isBefore(host.containerd, [1, 3, 9], [1, 4, 3])))
      yield {
        title: 'The abstract socket of containerd’s shim takes commands',
        severity: 'critical',
        chain: [partAt('it is on the host’s network', network), root.part, { text: `containerd is ${host.containerd}` }],
        depends: [],
        gets: 'has the shim start a container as root, on the host (CVE-2020-15257)',
        close: { title: 'Give it a network of its own', wishes },
      }
  },
})

/** 1.3 before 1.3.9, 1.4 before 1.4.3, and all older ones. */
const isBefore = (version: string, ...fixed: readonly (readonly [number, number, number])[]): boolean => {
  const [major = 0, minor = 0, patch = 0] = version
    .replace(/^v/, '')
    .split(/[.+~-]/)
    .map(Number)
  const line = fixed.find(([x, y]) => x === major && y === minor)
  if (line) return patch < line[2]
  return major < 1 || (major === 1 && minor < 3)
}
