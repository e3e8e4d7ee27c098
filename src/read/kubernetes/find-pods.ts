/** Where objects hold pods: the kinds of Kubernetes at their known places, all others wherever something has the form of a pod. */
import type { Location } from '../../model/finding.ts'
import { asMap } from '../yaml/fields.ts'
import { stringOf } from '../yaml/scalars.ts'
import { locationOf, resolved, type YamlMap, type YamlNode } from '../yaml/tree.ts'
import { entryAt, fieldOf, fieldsIn, listAt, mapAt, mapsAt, type Notes, paid, spend, tell, textAt } from './decode.ts'
import type { ContainerItem, PodSource } from './read-pod.ts'
import { containerSpec, homes } from './schema.ts'

export type KubernetesObject = { readonly apiVersion: string; readonly kind: string; readonly map: YamlMap }

/** The object that a mapping is: with an `apiVersion` and a `kind`, its own or those that its list says it has. */
export const objectOf = (node: YamlNode | undefined, assumed?: Assumed): KubernetesObject | undefined => {
  const map = asMap(node)
  if (!map) return undefined
  const apiVersion = stringOf(fieldsIn(map).get('apiVersion')?.value) ?? assumed?.apiVersion
  const kind = stringOf(fieldsIn(map).get('kind')?.value) ?? assumed?.kind
  return apiVersion && kind ? { apiVersion, kind, map } : undefined
}

/** What the API answers as a PodList has items that do not say again that they are Pods. */
export type Assumed = Pick<KubernetesObject, 'apiVersion' | 'kind'>
export type Inner = { readonly node: YamlNode; readonly assumed?: Assumed }

export const groupOf = ({ apiVersion }: KubernetesObject): string => {
  const slash = apiVersion.indexOf('/')
  return slash === -1 ? '' : apiVersion.slice(0, slash)
}

/** Group and kind → the fields that lead to the template, or to the pod itself. */
const builtIn: Readonly<Record<string, readonly string[]>> = {
  '/Pod': [],
  '/PodTemplate': ['template'],
  '/ReplicationController': ['spec', 'template'],
  '/DeploymentConfig': ['spec', 'template'],
  'apps.openshift.io/DeploymentConfig': ['spec', 'template'],
  'batch/Job': ['spec', 'template'],
  'batch/CronJob': ['spec', 'jobTemplate', 'spec', 'template'],
  ...Object.fromEntries(
    ['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet'].flatMap(kind =>
      ['apps', 'extensions'].map(group => [`${group}/${kind}`, ['spec', 'template']]),
    ),
  ),
}

/** Objects that speak about pods and run none: schemas, and patterns of admission policies. */
const runsNothing = (object: KubernetesObject): boolean => {
  const group = groupOf(object)
  return (
    /^(?:apiextensions|admissionregistration)\.k8s\.io$/.test(group) ||
    /(?:^|\.)(?:kyverno\.io|gatekeeper\.sh)$/.test(group) ||
    (group === '' && /^(?:ConfigMap|Secret)$/.test(object.kind))
  )
}

/** What names an object, and its name or else its kind as the place to point at for the whole. */
export const identityOf = (
  notes: Notes,
  map: YamlMap,
): { readonly name: string; readonly namespace: string | undefined; readonly at: Location } => {
  const metadata = mapAt(notes, map, 'metadata')
  const generated = textAt(notes, metadata, 'generateName')?.value
  const field = fieldOf(metadata, 'name') ?? fieldOf(metadata, 'generateName') ?? fieldOf(map, 'kind')
  return {
    name: textAt(notes, metadata, 'name')?.value ?? (generated ? `${generated}…` : ''),
    namespace: textAt(notes, metadata, 'namespace')?.value,
    at: field ? entryAt(field) : locationOf(map),
  }
}

/** The pods of an object, and the objects inside of it. */
export const findPods = (notes: Notes, object: KubernetesObject): { pods: readonly PodSource[]; objects: readonly Inner[] } => {
  const { kind, map } = object
  if (kind.endsWith('List') && fieldOf(map, 'items')) {
    const assumed = kind === 'List' ? {} : { assumed: { apiVersion: object.apiVersion, kind: kind.slice(0, -'List'.length) } }
    return { pods: [], objects: (listAt(notes, map, 'items')?.items ?? []).map(node => ({ node, ...assumed })) }
  }
  const whole = { kind, ...identityOf(notes, map) }
  const key = `${groupOf(object)}/${kind}`
  const path = Object.hasOwn(builtIn, key) ? builtIn[key] : undefined
  if (path) {
    let holder: YamlMap | undefined = map
    checkPlaces(notes, holder)
    for (const name of path) {
      holder = mapAt(notes, holder, name)
      checkPlaces(notes, holder)
    }
    const spec = mapAt(notes, holder, 'spec')
    const items = spec ? itemsOf(notes, spec) : []
    if (!spec || items.length === 0)
      tell(
        notes,
        'uncovered',
        'kubernetes-no-containers',
        `no containers stand where a ${kind} has them (\`${[...path, 'spec', 'containers'].join('.')}\`): nothing of it was judged`,
        whole.at,
      )
    if (!spec) return { pods: [], objects: [] }
    const claims = kind === 'StatefulSet' ? claimsOf(notes, mapAt(notes, map, 'spec')) : noClaims
    const metadata = mapAt(notes, holder, 'metadata')
    return { pods: [{ ...whole, metadata, specs: [spec], items, isBuiltIn: true, claims }], objects: [] }
  }
  if (runsNothing(object)) return { pods: [], objects: [] }
  notes.isStrict = false
  return new Search(notes, object, whole).run()
}

/** Fields of a pod or a container that stand above them, such as `securityContext` beside a Deployment's `template`: they say nothing there. */
const checkPlaces = (notes: Notes, map: YamlMap | undefined): void => {
  for (const [name, { key }] of map ? fieldsIn(map) : []) {
    // A Job has one of its own.
    const home = name === 'activeDeadlineSeconds' ? undefined : homes.find(({ fields }) => fields.has(name))
    if (home)
      tell(
        notes,
        'uncovered',
        'kubernetes-unknown-field',
        `\`${name}\` says nothing here; it belongs to ${home.what}`,
        locationOf(key),
      )
  }
}

const noClaims: ReadonlyMap<string, Location> = new Map()

const claimsOf = (notes: Notes, spec: YamlMap | undefined): ReadonlyMap<string, Location> =>
  new Map(
    mapsAt(notes, spec, 'volumeClaimTemplates').flatMap(({ map, at }) => {
      const name = textAt(notes, mapAt(notes, map, 'metadata'), 'name')?.value
      return name ? [[name, at] as const] : []
    }),
  )

const roles = [
  ['initContainers', 'init'],
  ['containers', 'main'],
  ['ephemeralContainers', 'ephemeral'],
] as const

const itemsOf = (notes: Notes, spec: YamlMap, also?: ReadonlySet<string>): readonly ContainerItem[] =>
  roles.flatMap(([name, role]) =>
    mapsAt(notes, spec, name).map(({ map, node }) => ({ node, map, role, ...(also ? { also } : {}) })),
  )

/** A list of containers, by its look: something in it has an image, or a name beside what only containers have. */
const looksLikeContainers = (node: YamlNode | undefined): boolean => {
  const list = resolved(node)
  if (list?.kind !== 'list') return false
  return list.items.slice(0, 100).some(item => {
    const map = asMap(item)
    if (!map) return false
    const fields = fieldsIn(map)
    if (stringOf(fields.get('image')?.value) !== undefined) return true
    if (stringOf(fields.get('name')?.value) === undefined) return false
    for (const name of fields.keys()) if (name !== 'name' && containerSpec.fields.has(name)) return true
    return false
  })
}

/** Deeper in an object nothing is looked for. */
const maxDepth = 40

/** What Argo Workflows (https://argo-workflows.readthedocs.io/en/latest/fields/) allow in their containers beside Kubernetes' fields. */
const argoFields: ReadonlySet<string> = new Set(['mirrorVolumeMounts', 'source', 'dependencies'])
/** And Tekton (https://tekton.dev/docs/pipelines/pipeline-api/) in its steps and sidecars. */
const tektonFields: ReadonlySet<string> = new Set(
  'script onError timeout workspaces ref params results when stdoutConfig stderrConfig computeResources displayName description'.split(
    ' ',
  ),
)

type Whole = Pick<PodSource, 'kind' | 'name' | 'namespace' | 'at'>

/** Custom resources: pods wherever they are. Each node is looked at once, however often aliases lead to it. */
class Search {
  readonly #notes: Notes
  readonly #object: KubernetesObject
  readonly #whole: Whole
  readonly #seen = new Set<YamlNode>()
  readonly #pods: PodSource[] = []
  readonly #objects: Inner[] = []

  constructor(notes: Notes, object: KubernetesObject, whole: Whole) {
    this.#notes = notes
    this.#object = object
    this.#whole = whole
  }

  run(): { pods: readonly PodSource[]; objects: readonly Inner[] } {
    for (const [name, { value }] of fieldsIn(this.#object.map))
      if (name !== 'metadata' && name !== 'status') this.#visit(value, [this.#object.map], 0)
    return { pods: this.#pods, objects: this.#objects }
  }

  /** `around`: the mappings in which it stands, the nearest first. */
  #visit(node: YamlNode, around: readonly YamlMap[], depth: number): void {
    spend(this.#notes)
    const target = resolved(node)
    if (!target || target.kind === 'scalar' || depth > maxDepth || this.#seen.has(target)) return
    this.#seen.add(target)
    if (target.kind === 'list') {
      for (const item of target.items) this.#visit(item, around, depth + 1)
      return
    }
    const fields = fieldsIn(paid(this.#notes, target))
    // An object in another one: OpenShift's Template, a work manifest. References have these two fields as well, and nothing to run.
    if (objectOf(target) && (fields.has('spec') || fields.has('template') || fields.has('items') || fields.has('rules'))) {
      this.#objects.push({ node: target })
      return
    }
    this.#take(target, around)
    for (const [name, { value }] of fields)
      if (name !== 'openAPIV3Schema') this.#visit(value, [target, ...around.slice(0, 7)], depth + 1)
  }

  #take(map: YamlMap, around: readonly YamlMap[]): void {
    const fields = fieldsIn(map)
    const value = (name: string): YamlNode | undefined => fields.get(name)?.value
    const lists = ['containers', 'initContainers', 'ephemeralContainers'].filter(name => looksLikeContainers(value(name)))
    if (lists.length > 0 && !(lists.length === 1 && lists[0] === 'initContainers' && this.#isArgo())) {
      // Argo's containerSet stands one level below the template that says how the pod runs.
      if (this.#isArgo()) this.#push([map, ...this.#outside(around)], itemsOf(this.#notes, map, argoFields), around[0])
      else this.#push([map], itemsOf(this.#notes, map, tektonFields), around[0])
      return
    }
    if (this.#isArgo() && (fields.has('container') || fields.has('script'))) {
      this.#tellOfPatch(map)
      const called = textAt(this.#notes, map, 'name')?.value
      const main = ['container', 'script']
        .flatMap(name => this.#item(map, name, 'main', argoFields))
        .map(item => ({ ...item, ...(called === undefined ? {} : { called }) }))
      const init = mapsAt(this.#notes, map, 'initContainers').map(item => ({ ...item, role: 'init' as const, also: argoFields }))
      const side = mapsAt(this.#notes, map, 'sidecars').map(item => ({ ...item, role: 'main' as const, also: argoFields }))
      if (main.length > 0) this.#push([map, ...this.#outside(around)], [...init, ...main, ...side], map)
      return
    }
    if (!/(?:^|\.)tekton\.dev$/.test(groupOf(this.#object))) return
    if (fields.has('steps')) {
      const base = mapAt(this.#notes, map, 'stepTemplate')
      const steps = mapsAt(this.#notes, map, 'steps')
        // A step that only names a StepAction has nothing of its own.
        .filter(({ map: step }) => fieldOf(step, 'image') || !fieldOf(step, 'ref'))
        .map(item => ({ ...item, role: 'main' as const, also: tektonFields, ...(base ? { base } : {}) }))
      const side = mapsAt(this.#notes, map, 'sidecars').map(item => ({ ...item, role: 'main' as const, also: tektonFields }))
      this.#push([map, ...this.#outside(around)], [...steps, ...side], undefined)
    } else if (this.#object.kind === 'StepAction' && around[0] === this.#object.map && fields.has('image'))
      this.#push([map], [{ node: map, map, role: 'main', also: tektonFields }], undefined)
  }

  #isArgo(): boolean {
    return groupOf(this.#object) === 'argoproj.io' && /Workflow/.test(this.#object.kind)
  }

  /** What says how the pod runs around the steps: the object's spec with the defaults in it, and whatever lies between. */
  #outside(around: readonly YamlMap[]): readonly YamlMap[] {
    return around
      .filter(one => one !== this.#object.map)
      .flatMap(one => {
        const template =
          mapAt(this.#notes, one, 'podTemplate') ?? mapAt(this.#notes, mapAt(this.#notes, one, 'taskRunTemplate'), 'podTemplate')
        const defaults = mapAt(this.#notes, one, 'templateDefaults')
        for (const inner of [one, ...(defaults ? [defaults] : [])]) this.#tellOfPatch(inner)
        return [...(template ? [template] : []), ...(defaults ? [defaults] : []), one]
      })
  }

  #tellOfPatch(map: YamlMap): void {
    const field = fieldOf(map, 'podSpecPatch')
    if (field)
      tell(this.#notes, 'uncovered', 'kubernetes-pod-spec-patch', 'what `podSpecPatch` changes is not judged', entryAt(field))
  }

  #item(map: YamlMap, name: string, role: ContainerItem['role'], also: ReadonlySet<string>): readonly ContainerItem[] {
    const node = fieldOf(map, name)?.value
    const container = asMap(node)
    return node && container ? [{ node, map: container, role, also }] : []
  }

  /** `holder`: the template, with the pod's metadata. */
  #push(specs: PodSource['specs'], items: readonly ContainerItem[], holder: YamlMap | undefined): void {
    if (items.length === 0) return
    this.#pods.push({
      ...this.#whole,
      metadata: holder && holder !== this.#object.map ? mapAt(this.#notes, holder, 'metadata') : undefined,
      specs,
      items,
      isBuiltIn: false,
      claims: noClaims,
    })
  }
}
