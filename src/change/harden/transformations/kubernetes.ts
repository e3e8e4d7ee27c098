/** The Kubernetes containers that run this image get the settings that it can now be run with: those of the `restricted` standard, and a read-only file system. */
import { get } from '../../../read/yaml/fields.ts'
import { NotExact, YamlSplices } from '../../container/edits.ts'
import { kubernetesEdits } from '../../container/kubernetes.ts'
import { workloadsOf } from '../beside.ts'
import { wishesFor } from '../beside-wishes.ts'
import { transformation } from '../transformation.ts'

export default transformation({
  title: 'Run the workload as the restricted Pod Security Standard wants it',
  why: 'A pod that says nothing runs with more rights than its image needs: as root if the image does, with capabilities, a writable file system, and without a seccomp profile. One flaw in the program or the kernel is then a way to the node and to all other pods on it. Namespaces that enforce the standard refuse such a pod.',
  level: 'balanced',
  safety: 'unsafe',
  order: 900,
  apply(subject) {
    const left: string[] = []
    const check = new Set<string>()
    for (const { container, stream, read } of workloadsOf(subject)) {
      const { wishes, check: own, run } = wishesFor(subject, container)
      for (const one of own) check.add(`\`${container.name}\`: ${one}`)
      const risk = 'a folder that nobody knew to be written to is read-only'
      const hasVolume = container.mounts.some(({ claim }) => claim !== undefined)
      try {
        if (wishes.length > 0) {
          const edits = kubernetesEdits(wishes, container, stream, read.nodeOf)
          if (edits.length > 0)
            return {
              title: `Run \`${container.name}\` with fewer rights`,
              risk,
              check: [
                ...own,
                ...(hasVolume
                  ? ['Its persistent volume must belong to the user: `securityContext: { fsGroup: … }` of the pod']
                  : []),
              ],
              edits,
            }
        }
        const gid = run.user?.split(':')[1]
        const node = read.nodeOf.get(container)?.container
        const uid = get(node, 'securityContext', 'runAsUser')
        if (
          gid !== undefined &&
          node &&
          uid?.kind === 'scalar' &&
          uid.value === run.user?.split(':')[0] &&
          !get(node, 'securityContext', 'runAsGroup')
        ) {
          const splices = new YamlSplices(stream.file, stream.documents, node.span)
          splices.own(node)
          splices.set(node, ['securityContext', 'runAsGroup'], Number(gid))
          return { title: `Run \`${container.name}\` in the group of its user`, edits: splices.edits() }
        }
      } catch (error) {
        if (!(error instanceof NotExact)) throw error
        left.push(`\`${container.name}\` cannot be edited exactly: ${error.message}`)
      }
    }
    if (left.length === 0 && check.size === 0) return undefined
    return { leftOut: left.length > 0 ? left.join('; ') : 'not everything could be decided', check: [...check] }
  },
})
