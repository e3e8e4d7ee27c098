/** `bulkhead profile`: an image, a service of a Compose file or a container of a manifest → the least privilege that can be known without starting it. */
import { dirname, join, resolve } from 'node:path'
import { apparmorProfile } from '../change/profile/apparmor.ts'
import { listeningPorts } from '../change/profile/capabilities.ts'
import { showCompose } from '../change/profile/compose.ts'
import { showDocker } from '../change/profile/docker.ts'
import { canPatch, type KubernetesChoice, labelsOf, showKubernetes } from '../change/profile/kubernetes.ts'
import type { Edge, NetworkSubject } from '../change/profile/network-policies.ts'
import { type ConfinementFiles, profileFor } from '../change/profile/profile.ts'
import { seccompProfile, showSeccomp } from '../change/profile/seccomp.ts'
import { objectName, type ProfileImage, type ProfileSubject, type ProfileTarget } from '../change/profile/subject.ts'
import type { Container } from '../model/container.ts'
import { type Problem, UsageError } from '../model/finding.ts'
import type { Inventory } from '../model/inventory.ts'
import { decode } from '../model/text.ts'
import { type World, WorldError } from '../model/world.ts'
import { readComposeProject } from '../read/compose/project.ts'
import { looksLikeCompose } from '../read/compose/recognise.ts'
import { looksLikeKubernetes } from '../read/kubernetes/looks-like-kubernetes.ts'
import type { Manifests } from '../read/kubernetes/manifests.ts'
import { readManifests } from '../read/kubernetes/read-manifests.ts'
import { readYaml } from '../read/yaml/tree.ts'

export type ProfileRequest = {
  /** An image, or a file with or without `#SERVICE`. */
  readonly subject: string
  readonly service?: string
  readonly target: ProfileTarget
  /** Instead of the one that a file names. False: none is read. */
  readonly image?: string | false
  readonly files: ConfinementFiles
}

export type ProfileOutcome = {
  readonly text: string
  readonly seccomp: string
  readonly apparmor: string
  readonly problems: readonly Problem[]
}

/** `readImage` rejects with UsageError when there is no such image. Throws UsageError for what is none of the three. */
export const makeProfile = async (
  world: World,
  request: ProfileRequest,
  readImage: (reference: string) => Promise<Inventory>,
): Promise<ProfileOutcome> => {
  const { target, files } = request
  const declared = await findDeclared(world, request)
  const container = declared?.container
  if (container?.os === 'windows')
    throw new UsageError(`${container.name} is one of Windows`, 'there are profiles for Linux only')
  const problems: Problem[] = [...(declared?.problems ?? [])]
  const imageName = container ? (typeof request.image === 'string' ? request.image : container.image.value) : request.subject
  const image = await findImage(request, container, imageName, readImage, problems)
  if (image?.platform?.startsWith('windows/'))
    throw new UsageError(`${imageName} is an image of Windows`, 'there are profiles for Linux only')
  const subject: ProfileSubject = {
    name: objectName(container ? shortName(container) : nameOfImage(request.subject)),
    imageName: container ? container.image.value : plainReference(request.subject),
    image,
    container,
  }
  const profile = profileFor(subject, target, files)
  const { capabilities, writable } = profile
  return {
    text:
      target === 'docker'
        ? showDocker(profile)
        : target === 'compose'
          ? showCompose(profile, container?.form === 'compose' ? container.name : subject.name, container?.form === 'compose')
          : showKubernetes(profile, kubernetesChoice(subject, declared)),
    seccomp: showSeccomp(
      seccompProfile({
        capabilities: capabilities.add.map(({ value }) => value),
        machines: image?.census.machines.map(({ machine }) => machine) ?? [],
      }),
    ),
    apparmor: apparmorProfile(subject, capabilities, writable),
    problems,
  }
}

const findImage = async (
  { image: asked }: ProfileRequest,
  container: Container | undefined,
  name: string | undefined,
  readImage: (reference: string) => Promise<Inventory>,
  problems: Problem[],
): Promise<ProfileImage | undefined> => {
  if (container && asked === false) return undefined
  if (name === undefined) {
    problems.push({
      kind: 'uncovered',
      code: 'image-unknown',
      message: `${container?.name ?? 'it'} names no image, so its user, volumes and programs are not known; --image gives one`,
    })
    return undefined
  }
  try {
    const inventory = await readImage(name)
    if (inventory.kind === 'sbom')
      throw new UsageError(`${name} is an SBOM: it says nothing of users and programs`, 'give it the image itself')
    problems.push(...inventory.problems)
    if (!inventory.census) throw new Error('the census of an image was asked for')
    return {
      platform: inventory.image?.platform,
      config: inventory.image?.config,
      census: inventory.census,
      isWhole: !inventory.problems.some(({ kind }) => kind === 'failed'),
    }
  } catch (error) {
    // What a file names may be out of reach, which the profile then says; what was asked for by name may not.
    if (!(error instanceof UsageError) || !container || typeof asked === 'string') throw error
    problems.push({
      kind: 'uncovered',
      code: 'image-unknown',
      message: `${error.message}: its user, volumes and programs are not known; --image gives another one, such as an archive`,
    })
    return undefined
  }
}

type Declared = {
  readonly container: Container
  readonly neighbours: readonly Container[]
  readonly manifests: Manifests | undefined
  readonly problems: readonly Problem[]
}

const maxFileSize = 16 * 1024 * 1024

/** Undefined: the subject is no such file. */
const findDeclared = async (world: World, { subject, service }: ProfileRequest): Promise<Declared | undefined> => {
  const hash = subject.lastIndexOf('#')
  const [path, name] = hash > 0 ? [subject.slice(0, hash), service ?? subject.slice(hash + 1)] : [subject, service]
  const file = await world.files.stat(path)
  if (file?.type !== 'file') {
    if (hash > 0 || service !== undefined) throw new UsageError(`there is no file ${path}`)
    return undefined
  }
  if (!/\.(?:ya?ml|json)$/i.test(path) && name === undefined) return undefined
  let text: string
  try {
    text = decode(await world.files.read(path, maxFileSize)).text
  } catch (error) {
    if (error instanceof WorldError) throw new UsageError(error.message)
    throw error
  }
  if (looksLikeKubernetes(text)) {
    const stream = readYaml(path, text)
    const { containers, manifests, problems } = readManifests(stream)
    return { ...choose(path, containers, name), manifests, problems: [...stream.problems, ...problems] }
  }
  if (looksLikeCompose(path, text)) {
    const project = await readComposeProject({
      main: [{ path, text }],
      env: variable => world.env[variable],
      workingFolder: resolve(dirname(path)),
      async load(other, limit) {
        try {
          return { path: join(other), text: decode(await world.files.read(other, limit)).text }
        } catch (error) {
          if (!(error instanceof WorldError)) throw error
          if (error.code === 'not-found') return undefined
          return { kind: 'failed', code: 'file-unreadable', message: error.message }
        }
      },
    })
    return { ...choose(path, project.containers, name), manifests: undefined, problems: project.problems }
  }
  if (name === undefined) return undefined
  throw new UsageError(`${path} is neither a Compose file nor a manifest of Kubernetes`)
}

const choose = (
  path: string,
  containers: readonly Container[],
  name: string | undefined,
): Pick<Declared, 'container' | 'neighbours'> => {
  const names = containers.map(container => container.name)
  const known = names.length === 0 ? 'it has none' : `it has ${names.slice(0, 20).join(', ')}${names.length > 20 ? ', …' : ''}`
  const fits = (container: Container): boolean =>
    name === undefined ||
    container.name === name ||
    container.pod?.name === name ||
    container.name.startsWith(`${name} › `) ||
    shortName(container) === name
  const exact = containers.filter(container => container.name === name)
  const found = exact.length > 0 ? exact : containers.filter(fits)
  const [only, second] = found
  if (!only)
    throw new UsageError(name === undefined ? `${path} declares no container` : `${path} has no container ${name}`, known)
  if (second) throw new UsageError(`which container of ${path}? Add #NAME or --service NAME`, known)
  const { pod } = only
  if (pod && !canPatch(pod))
    throw new UsageError(`a pod of the kind ${pod.kind} cannot be patched`, 'give the pod that is made of it')
  if (only.provider.value !== undefined) throw new UsageError(`${only.name} is no container: a program provides it`)
  return { container: only, neighbours: containers.filter(container => container !== only) }
}

/** Of `Deployment/web › app`: `app`. */
const shortName = ({ name }: Container): string =>
  name
    .slice(name.lastIndexOf(' › ') + 1)
    .replace(/^› /, '')
    .trim() || name

/** `registry.example.com/team/web:1.2` → `web`; a file → its name without the ending. */
const nameOfImage = (reference: string): string =>
  reference
    .replace(/^(?:docker|registry|archive|oci|dir):/, '')
    .replace(/@.*$/s, '')
    .replace(/^.*\//s, '')
    .replace(/:[^:]*$/, '')
    .replace(/\.(?:tar|tgz|tar\.gz|tar\.zst|oci)$/i, '')

/** What runtimes call it: without the word that chose the source. Files and folders have no such name. */
const plainReference = (reference: string): string | undefined => {
  const [, source, rest] = /^(?:(docker|registry|archive|oci|dir):)?(.*)$/s.exec(reference)!
  if (source === 'archive' || source === 'oci' || source === 'dir' || /^[./~]|\.(?:tar|tgz|gz|zst)$/.test(rest!)) return undefined
  return rest
}

const kubernetesChoice = (subject: ProfileSubject, declared: Declared | undefined): KubernetesChoice => {
  const ports = listeningPorts(subject)
  const { name } = subject
  const container = declared?.container
  if (container?.pod) {
    const { pod } = container
    const hasLabels = Object.keys(pod.labels).length > 0
    const services = declared!.manifests!.services.filter(
      ({ namespace, selector }) =>
        (namespace ?? 'default') === (pod.namespace ?? 'default') &&
        Object.keys(selector).length > 0 &&
        Object.entries(selector).every(([key, value]) => Object.hasOwn(pod.labels, key) && pod.labels[key] === value),
    )
    const isOutside = services.some(({ type }) => type === 'NodePort' || type === 'LoadBalancer')
    const network: NetworkSubject = {
      name: objectName(pod.name),
      namespace: pod.namespace,
      labels: pod.labels,
      incoming: [],
      outgoing: [],
      open:
        services.length === 0
          ? []
          : [
              {
                to: isOutside ? 'everybody' : 'namespace',
                ports,
                why: `The Service ${services[0]!.name} leads to it${isOutside ? ' from outside of the cluster' : '; from where is not known: the pods of its namespace, until you name them'}.`,
              },
            ],
    }
    return { network: hasLabels ? network : undefined, patch: { pod, container: shortName(container) } }
  }
  if (!declared || !container)
    return {
      network: {
        name,
        namespace: undefined,
        labels: labelsOf(name),
        incoming: [],
        outgoing: [],
        open:
          ports.length === 0
            ? []
            : [{ to: 'namespace', ports, why: 'Who talks to it is not known: the pods of its namespace, until you name them.' }],
      },
    }
  return { network: composeNetwork(subject, container, declared.neighbours) }
}

/** What `depends_on`, `links` and `ports` imply. */
const composeNetwork = (subject: ProfileSubject, container: Container, neighbours: readonly Container[]): NetworkSubject => {
  const needed = new Set(container.needs.map(({ value }) => value))
  const edge = (other: Container, ports: Edge['ports'], why: string): Edge => ({
    name: objectName(other.name),
    labels: labelsOf(objectName(other.name)),
    ports,
    why: `${why}${ports.length === 0 ? '; to which ports is not known' : ''}.`,
  })
  const outside = container.ports.filter(({ published, containerPort }) => published && containerPort > 0)
  const published = listeningPorts({ ...subject, image: undefined, container: { ...container, ports: outside } })
  return {
    name: subject.name,
    namespace: undefined,
    labels: labelsOf(subject.name),
    incoming: neighbours
      .filter(other => other.needs.some(({ value }) => value === container.name))
      .map(other => edge(other, listeningPorts(subject), `${other.name} needs ${container.name}`)),
    outgoing: neighbours
      .filter(other => needed.has(other.name))
      .map(other =>
        edge(
          other,
          listeningPorts({ name: objectName(other.name), imageName: other.image.value, image: undefined, container: other }),
          `${container.name} needs ${other.name}`,
        ),
      ),
    open:
      outside.length === 0
        ? []
        : [{ to: 'everybody', ports: published, why: 'The file publishes it on every address of its host.' }],
  }
}
