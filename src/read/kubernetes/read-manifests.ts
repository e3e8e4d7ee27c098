/** Streams of Kubernetes manifests, in YAML or JSON, rendered by Helm or Kustomize or by nobody → their containers, and what else rules on pods look up. */
import type { Container } from '../../model/container.ts'
import type { Problem } from '../../model/finding.ts'
import { asMap, duplicateKeys } from '../yaml/fields.ts'
import { isNull } from '../yaml/scalars.ts'
import { locationOf, resolved, type YamlNode, type YamlStream } from '../yaml/tree.ts'
import { fieldOf, type Notes, newNotes, paid, spend, TooMuch, tell } from './decode.ts'
import { findPods, groupOf, type Inner, identityOf, type KubernetesObject, objectOf } from './find-pods.ts'
import type { Manifests } from './manifests.ts'
import { newDeclarations, readDeclaration } from './read-declarations.ts'
import { type ContainerNodes, readPod } from './read-pod.ts'

export { mergeManifests } from './read-declarations.ts'

export type ReadManifests = {
  readonly containers: readonly Container[]
  /** The mappings that a container was read from: its own, and that of its pod. */
  readonly nodeOf: ReadonlyMap<Container, ContainerNodes>
  readonly manifests: Manifests
  /** Besides those that the stream has itself. */
  readonly problems: readonly Problem[]
}

/** Of one stream. Those of whole clusters hold some thousands. */
const maxContainers = 20_000

/** Lists in lists: aliases chain them deeper than any YAML is nested. */
const maxDepth = 100

export const readManifests = (stream: YamlStream): ReadManifests => {
  const notes = newNotes(stream.file.text.length)
  const containers: Container[] = []
  const nodeOf = new Map<Container, ContainerNodes>()
  const declarations = newDeclarations()
  const seen = new Set<YamlNode>()
  const visit = ({ node, assumed }: Inner, depth: number): void => {
    spend(notes)
    const target = resolved(node)
    if (!target || isNull(target) || seen.has(target)) return
    seen.add(target)
    if (depth > maxDepth) throw new TooMuch()
    if (target.kind === 'map') paid(notes, target)
    const object = objectOf(target, assumed)
    if (!object) {
      tell(
        notes,
        'uncovered',
        'kubernetes-no-kind',
        'this is no object of Kubernetes: it has no `apiVersion` and `kind`; it was not judged',
        { in: 'file', path: stream.file.path, span: { start: target.span.start, end: target.span.start } },
      )
      return
    }
    notes.isStrict = true
    tellOfKustomization(notes, object)
    readDeclaration(notes, object, declarations)
    const { pods, objects } = findPods(notes, object)
    for (const pod of pods) {
      if (containers.length + pod.items.length > maxContainers) throw new TooMuch()
      const own = readPod(notes, pod, nodeOf)
      containers.push(...own)
      const [first] = own
      if (!first?.pod) continue
      const { kind, name, namespace, labels, at } = first.pod
      declarations.workloads.push({ kind, name, namespace, labels, isOnHostNetwork: first.network.value === 'host', at })
    }
    for (const inner of objects) visit(inner, depth + 1)
  }
  for (const { root } of stream.documents) {
    if (!root) continue
    try {
      visit({ node: root }, 0)
      notes.problems.push(...duplicateKeys(root))
    } catch (error) {
      if (!(error instanceof TooMuch)) throw error
      tell(
        notes,
        'failed',
        'kubernetes-too-much',
        'this asks for more work than any real manifest does; the rest of the file is not judged',
        locationOf({ file: stream.file, span: { start: root.span.start, end: root.span.start } }),
      )
      break
    }
  }
  return { containers, nodeOf, manifests: declarations, problems: notes.problems }
}

const changes = [
  'patches',
  'patchesStrategicMerge',
  'patchesJson6902',
  'helmCharts',
  'components',
  'transformers',
  'replacements',
]

const tellOfKustomization = (notes: Notes, object: KubernetesObject): void => {
  if (groupOf(object) !== 'kustomize.config.k8s.io' || !changes.some(name => fieldOf(asMap(object.map), name))) return
  tell(
    notes,
    'uncovered',
    'kubernetes-kustomization',
    'what Kustomize changes here is not judged; judge what `kustomize build` prints',
    identityOf(notes, object.map).at,
  )
}
