/** The Compose services and Kubernetes containers beside a Dockerfile that run its image. */
import { basename, dirname, join, normalize } from 'node:path/posix'
import type { Container } from '../../model/container.ts'
import { isRemote } from '../../read/compose/paths.ts'
import type { ComposeProject, ServiceSource } from '../../read/compose/project.ts'
import { parseReference } from '../../read/dockerfile/reference.ts'
import { looksLikeKubernetes } from '../../read/kubernetes/looks-like-kubernetes.ts'
import { type ReadManifests, readManifests } from '../../read/kubernetes/read-manifests.ts'
import { get } from '../../read/yaml/fields.ts'
import { stringOf } from '../../read/yaml/scalars.ts'
import { readYaml, type YamlStream } from '../../read/yaml/tree.ts'
import { contextText } from './start.ts'
import type { HardenSubject } from './transformation.ts'

export type BesideService = {
  readonly container: Container
  readonly source: ServiceSource
  readonly project: ComposeProject
  /** The path of the project's first file. */
  readonly main: string
}

/** Services that build the final stage of this Dockerfile. */
export const servicesOf = (subject: HardenSubject): readonly BesideService[] =>
  buildersOf(subject).filter(({ target }) => target === undefined || target.toLowerCase() === subject.dockerfile.final?.name)

/** Services that build another stage of it: what they ship is not what is hardened. */
export const otherTargetsOf = (subject: HardenSubject): readonly (BesideService & { readonly target: string })[] =>
  buildersOf(subject).flatMap(one =>
    one.target !== undefined && one.target.toLowerCase() !== subject.dockerfile.final?.name
      ? [{ ...one, target: one.target }]
      : [],
  )

const buildersOf = ({
  compose,
  dockerfile,
  context: seen,
}: HardenSubject): readonly (BesideService & { readonly target: string | undefined })[] => {
  const found: (BesideService & { readonly target: string | undefined })[] = []
  for (const [main, project] of compose ?? [])
    for (const container of project.containers) {
      const source = project.sourceOf.get(container)
      const node = project.nodeOf.get(container)
      const context = container.build?.value
      if (!source || context === undefined || isRemote(context) || get(node, 'build', 'dockerfile_inline')) continue
      const named = stringOf(get(node, 'build', 'dockerfile')) ?? 'Dockerfile'
      const target = stringOf(get(node, 'build', 'target'))
      const folder = context.startsWith('/') ? context : join(dirname(main), context)
      // Seen from inside of its folder it is `Dockerfile`, and by a Compose file above `../web/Dockerfile`.
      const isInside = seen?.path.startsWith('..') && normalize(folder) === normalize(seen.path) && named === dockerfile.path
      if (normalize(join(folder, named)) !== normalize(dockerfile.path) && !isInside) continue
      found.push({ container, source, project, main, target })
    }
  return found
}

export type BesideWorkload = {
  readonly container: Container
  readonly stream: YamlStream
  readonly read: ReadManifests
}

/** Streams of Kubernetes objects among the files. */
const streamsOf = (subject: HardenSubject): readonly { readonly stream: YamlStream; readonly read: ReadManifests }[] =>
  [...subject.files]
    .filter(([path, text]) => /\.(?:ya?ml|json)$/.test(path) && text.length < 1_000_000 && looksLikeKubernetes(text))
    .map(([path, text]) => {
      const stream = readYaml(path, text)
      return { stream, read: readManifests(stream) }
    })

/**
 * Containers of workloads whose image this is: one of the names that Compose gives it, or whose last part is called like the service, the project or its folder; or the
 * only image that is nobody else's, where there is one Dockerfile.
 */
export const workloadsOf = (subject: HardenSubject): readonly BesideWorkload[] => {
  const streams = streamsOf(subject)
  if (streams.length === 0) return []
  const names = namesOf(subject)
  const all = streams.flatMap(({ stream, read }) =>
    read.containers.filter(({ role, os }) => role === 'main' && os === 'linux').map(container => ({ container, stream, read })),
  )
  const named = all.filter(({ container }) => names.has(lastName(container.image.value)))
  if (named.length > 0) return named
  const dockerfiles = [...subject.project.files].filter(path => /(?:^|\/)(?:[\w.-]+\.)?Dockerfile(?:\.[\w-]+)?$/i.test(path))
  const own = all.filter(({ container }) => !isPublic(container.image.value))
  return dockerfiles.length <= 1 && new Set(own.map(({ container }) => lastName(container.image.value))).size === 1 ? own : []
}

const lastName = (image: string | undefined): string => basename(parseReference(image ?? '')?.repository ?? '')

/** An official image, whoever serves it. */
const isPublic = (image: string | undefined): boolean => {
  const reference = parseReference(image ?? '')
  return (
    !reference ||
    reference.repository.startsWith('library/') ||
    /^(?:quay\.io|registry\.k8s\.io|gcr\.io|mcr\.microsoft\.com)$/.test(reference.registry)
  )
}

const namesOf = (subject: HardenSubject): ReadonlySet<string> => {
  const folder = subject.context?.path ?? ''
  const names = [
    ...servicesOf(subject).flatMap(({ container }) => [container.name, lastName(container.image.value)]),
    basename(folder),
    basename(dirname(subject.dockerfile.path)),
    /"name"\s*:\s*"(?:@[\w.-]+\/)?([\w.-]+)"/.exec(contextText(subject, 'package.json') ?? '')?.[1] ?? '',
  ]
  return new Set(names.filter(name => name !== '' && name !== '.'))
}
