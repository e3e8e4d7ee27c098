import { breakoutPath, placed } from '../breakout-path.ts'
import { engineAt, hostPathDanger, isBelow, realHostPath } from '../container-host-paths.ts'

/** Told by ways of their own. */
const elsewhere = ['/proc', '/sys', '/var/log', '/dev']

export default breakoutPath({
  code: 'E10',
  summary: 'A folder of the host leads to its keys, or to what it runs as root',
  links: ['https://kubernetes.io/docs/concepts/storage/volumes/#hostpath', 'https://docs.docker.com/engine/storage/bind-mounts/'],
  *find({ container, rootOfFiles: root }) {
    const isNode = container.form === 'kubernetes'
    if (!root) return
    for (const { type, source, readOnly, at, declaredAt } of container.mounts) {
      if (type !== 'bind' || source === undefined || engineAt(source)) continue
      if (elsewhere.some(path => isBelow(realHostPath(source), path))) continue
      const danger = hostPathDanger(source, readOnly, isNode)
      if (!danger || (danger.severity !== 'critical' && danger.severity !== 'high')) continue
      yield {
        title: readOnly ? `\`${source}\` shows what the host keeps secret` : `\`${source}\` can be changed from inside`,
        severity: danger.severity,
        chain: [
          placed(`\`${source}\` of the host is mounted${readOnly ? '' : ', and can be written to'}`, declaredAt ?? at),
          root.part,
        ],
        depends: root.depends,
        gets: danger.leads ? `has ${danger.gives}; then ${danger.leads}, and root on the host` : `has ${danger.gives}`,
        close:
          readOnly || isBad(source)
            ? { title: `Mount only what is needed of \`${source}\``, wishes: [{ do: 'remove', at }] }
            : { title: `Mount \`${source}\` for reading only`, wishes: [{ do: 'change', what: 'readOnly', at }] },
      }
    }
  },
})

/** Reading is bad enough. */
const isBad = (source: string): boolean => {
  const severity = hostPathDanger(source, true)?.severity
  return severity === 'critical' || severity === 'high'
}
