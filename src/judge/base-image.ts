/**
 * Which image another one was built on. In this order: what was written down about the build, the longest run of first layers that an image at hand has too,
 * the Dockerfile, the history. What was computed outweighs what is claimed.
 */
import type { BaseAnswer, BaseDecider, KnownImage, LayerProof, Material } from '../model/base-answer.ts'
import type { Image } from '../model/image.ts'
import type { Distro } from '../model/package.ts'
import type { BaseImage } from '../model/vulnerability.ts'
import { parseReference } from '../read/dockerfile/reference.ts'
import type { DockerfileBase } from './base-dockerfile.ts'
import { distributionNamed, keywordOf, layersByHistory, officialByVariable, type Root, rootOf } from './base-history.ts'

export type BaseFacts = {
  /** Of each layer, what was computed over its bytes. Nothing: every layer is only claimed. */
  readonly proofs?: readonly LayerProof[]
  readonly distro?: Distro | undefined
  readonly dockerfile?: DockerfileBase | undefined
}

/** `docker.io/library/debian:12` → `debian:12`; what is no name stays as it is. */
const familiar = (name: string): string => {
  const reference = parseReference(name)
  if (!reference) return name
  return `${reference.familiar}${reference.tag === undefined ? '' : `:${reference.tag}`}`
}

const repositoryOf = (name: string): string => parseReference(name)?.familiar ?? name

const plural = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`

/** Layers without any file, which images without anything in common have: https://github.com/moby/moby/blob/master/layer/empty.go, and a tar of one block */
const emptyLayers: ReadonlySet<string> = new Set([
  'sha256:5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef',
  'sha256:84ff92691f909a05b224e1c56abb4864f01b4f8e3c854e4bb4c7baf1d3f6d652',
])

/** Whether the known image's layers are the first ones of this image: computed, merely claimed, or not. */
const compareLayers = (image: Image, known: KnownImage, proofs: readonly LayerProof[]): 'proved' | 'claimed' | 'differs' => {
  const { diffIds, blobs = [] } = known
  if (diffIds.length === 0 || diffIds.length > image.layers.length) return 'differs'
  let isProved = true
  for (const [i, diffId] of diffIds.entries()) {
    const { diffId: computed, blob } = proofs[i] ?? {}
    // The archive's digest does not depend on how the layer was compressed; two compressions of one archive differ.
    if (computed !== undefined && diffId !== null) {
      if (computed !== diffId) return 'differs'
    } else if (blob !== undefined && blob === blobs[i]) continue
    else if (diffId === null || image.layers[i]!.diffId !== diffId) return 'differs'
    else isProved = false
  }
  return isProved ? 'proved' : 'claimed'
}

const isSame = ({ id, manifest, refs }: Image, known: KnownImage): boolean =>
  known.digests.includes(id) ||
  (manifest !== undefined && known.digests.includes(manifest)) ||
  // Known under the same name with the same layers: it was built again, and nothing changed.
  known.names.some(name => refs.includes(name))

type Candidate = { readonly known: KnownImage; readonly layers: number }
type Prefixes = {
  /** The longest one first. */
  readonly proved: readonly Candidate[]
  readonly claimed: readonly Candidate[]
  /** Of the image's own repository: earlier builds of it begin with the same layers. */
  readonly siblings: readonly Candidate[]
}

const prefixesOf = (image: Image, known: readonly KnownImage[], proofs: readonly LayerProof[]): Prefixes => {
  const proved: Candidate[] = []
  const claimed: Candidate[] = []
  const siblings: Candidate[] = []
  const own = new Set(image.refs.map(repositoryOf))
  for (const one of known) {
    if (isSame(image, one) || one.diffIds.every(diffId => diffId !== null && emptyLayers.has(diffId))) continue
    // Two images of the same layers: the older one may be the base of the other, which changes settings alone.
    const created = image.config.created ?? ''
    if (one.diffIds.length === image.layers.length && !(one.created !== '' && Date.parse(one.created) < Date.parse(created)))
      continue
    const fits = compareLayers(image, one, proofs)
    if (fits === 'differs') continue
    const candidate = { known: one, layers: one.diffIds.length }
    if (fits === 'claimed') claimed.push(candidate)
    else if (one.names.length > 0 && one.names.every(name => own.has(repositoryOf(name)))) siblings.push(candidate)
    else proved.push(candidate)
  }
  const longest = (a: Candidate, b: Candidate): number =>
    b.layers - a.layers || Number(b.known.names.length > 0) - Number(a.known.names.length > 0)
  return { proved: proved.sort(longest), claimed: claimed.sort(longest), siblings: siblings.sort(longest) }
}

/** Where an image is known from. */
const placeText: Readonly<Record<KnownImage['from'], string>> = {
  engine: 'the engine has',
  cache: 'was read here before',
  registry: 'the registry has',
}

const nameOf = ({ names, digests }: KnownImage): string => names[0] ?? digests[0]?.slice(0, 19) ?? 'an image without a name'

const knownText = (known: KnownImage): string =>
  known.from === 'cache' ? `${nameOf(known)}, which ${placeText.cache}` : `${nameOf(known)}, which ${placeText[known.from]}`

/** What somebody wrote down, or a Dockerfile says. */
type Hint = {
  readonly by: Exclude<BaseDecider, 'unknown' | 'layers' | 'history'>
  readonly name: string | undefined
  readonly digest: string | undefined
  /** A sentence's beginning: `the annotation org.opencontainers.image.base.name says`. */
  readonly says: string
  /** Labels come along from the base image. */
  readonly isInherited?: boolean
  readonly layers?: number | undefined
}

const baseName = 'org.opencontainers.image.base.name'
const baseDigest = 'org.opencontainers.image.base.digest'

/** https://github.com/opencontainers/image-spec/blob/main/annotations.md */
const written = (pairs: Readonly<Record<string, string>> | undefined, what: 'annotation' | 'label'): Hint | undefined => {
  const [name, digest] = [pairs?.[baseName] || undefined, pairs?.[baseDigest] || undefined]
  if (name === undefined && digest === undefined) return undefined
  // A label of that kind is the base image's own, which says so of itself.
  if (name === 'scratch' && what === 'label') return undefined
  const says = `its ${what} ${name === undefined ? baseDigest : baseName} says`
  return { by: 'annotation', name, digest, says, ...(what === 'label' ? { isInherited: true } : {}) }
}

/** Programs of builders, not parts of images. https://docs.docker.com/build/buildkit/frontend/ */
const isTool = ({ name }: Material): boolean => /^docker\/(?:dockerfile|buildkit-syft-scanner)\b/.test(repositoryOf(name))

/** Of several images that a build used, the one that the Dockerfile's last stage is FROM, or whose layers are here; else nobody can tell. */
const fromMaterials = (
  materials: readonly Material[],
  { proved }: Prefixes,
  dockerfile: DockerfileBase | undefined,
): Hint | undefined => {
  const images = materials.filter(one => !isTool(one))
  const says = 'the builder’s attestation says that the build used'
  const hint = ({ name, digest }: Material): Hint => ({ by: 'provenance', name, digest, says })
  if (images.length === 1) return hint(images[0]!)
  const root = dockerfile?.root
  const named = root?.kind === 'image' ? images.find(({ name }) => familiar(name) === root.name) : undefined
  if (named) return hint(named)
  for (const { known } of proved) {
    const found = images.find(
      ({ name, digest }) => (digest !== undefined && known.digests.includes(digest)) || known.names.includes(familiar(name)),
    )
    if (found) return hint(found)
  }
  return undefined
}

/** How many layers lie below the Dockerfile's own instructions; undefined: the history does not end with them. */
const belowOwn = ({ config: { history }, layers }: Image, own: readonly string[]): number | undefined => {
  if (layers.some(({ step }) => step === undefined)) return undefined
  let at = layers.length
  for (const keyword of own.toReversed()) {
    const found = at === 0 ? '' : keywordOf(history[layers[at - 1]!.step!]!.createdBy)
    if (found === keyword) at--
    // A folder that is there already makes no layer.
    else if (keyword !== 'WORKDIR') return undefined
  }
  return at
}

const isSquashed = ({ config: { history }, layers }: Image, root: Root | undefined): boolean => {
  if (layers.length !== 1 || root) return false
  const writes = history.filter(({ createdBy }) => /^(?:ADD|COPY|RUN)$/.test(keywordOf(createdBy))).length
  return writes > 1 || history.some(({ comment }) => /^(?:merge sha256:|Imported from)/.test(comment))
}

/** See the file's head. The order of `known` does not matter. */
export const baseOf = (image: Image, known: readonly KnownImage[], facts: BaseFacts = {}): BaseAnswer => {
  const { proofs = [], distro, dockerfile } = facts
  const prefixes = prefixesOf(image, known, proofs)
  const [best] = prefixes.proved
  const root = rootOf(image, distro)
  const squashed = isSquashed(image, root)
  const byHistory = squashed ? undefined : layersByHistory(image)
  const below = dockerfile && belowOwn(image, dockerfile.own)
  const contradictions: string[] = []
  const aside: string[] = []

  const answer = (
    by: BaseDecider,
    base: { readonly name: string | undefined; readonly digest: string | undefined },
    layers: number | undefined,
    evidence: readonly string[],
    aliases: readonly string[] = [],
  ): BaseAnswer => {
    const family = base.name === undefined ? undefined : distributionNamed(repositoryOf(base.name))
    if (family !== undefined && distro && distro.id !== family)
      contradictions.push(`os-release says ${distro.name}, and ${base.name} is another distribution`)
    return { standing: 'on-base', base, by, evidence: [...evidence, ...aside], contradictions, layers, aliases }
  }

  const nothing = (standing: BaseAnswer['standing'], by: BaseDecider, ...evidence: readonly string[]): BaseAnswer => ({
    standing,
    base: undefined,
    by,
    evidence: [...evidence, ...aside],
    contradictions,
    layers: standing === 'unknown' ? undefined : 0,
    aliases: [],
  })

  const tellUnverified = (): void => {
    const [claim] = prefixes.claimed
    if (!claim || claim.layers <= (best?.layers ?? 0)) return
    const first = claim.layers === 1 ? 'its first layer claims' : `its first ${claim.layers} layers claim`
    aside.push(
      `${first} to be the same as those of ${nameOf(claim.known)}; their bytes were not all hashed, so that this proves nothing (--verify computes them)`,
    )
  }

  /** A hint's layers, compared with what is at hand. Undefined: they speak against it. */
  const accept = (hint: Hint): BaseAnswer | undefined => {
    const { name, digest, says, by } = hint
    const shown = name === undefined ? digest! : familiar(name)
    const here = digest === undefined ? [] : known.filter(one => one.digests.includes(digest))
    const named = name === undefined ? [] : known.filter(one => one.names.includes(familiar(name)))
    const isOwn = (one: KnownImage): boolean => here.includes(one) || (here.length === 0 && named.includes(one))
    const proved = prefixes.proved.find(one => isOwn(one.known)) ?? prefixes.siblings.find(one => isOwn(one.known))
    const claimed = prefixes.claimed.find(one => isOwn(one.known))
    const found = { name: name === undefined ? proved?.known.names[0] : familiar(name), digest }
    if (best && hint.isInherited && best !== proved && best.layers > (proved?.layers ?? 0)) {
      contradictions.push(
        `${says} ${shown}; labels come along from the base image, and the first ${plural(best.layers, 'layer')} are those of ${nameOf(best.known)}`,
      )
      return undefined
    }
    if (proved) {
      const why = `${says} ${shown}, and its ${proved.layers === 1 ? 'only layer is the first one' : `${proved.layers} layers are the first ones`} of this image`
      return answer(by, found, proved.layers, [why])
    }
    if (here.length > 0 && !claimed) {
      contradictions.push(`${says} ${shown}, and ${knownText(here[0]!)}, has other layers than those that this image begins with`)
      return undefined
    }
    const repository = name === undefined ? undefined : repositoryOf(name)
    const family = repository === undefined ? undefined : distributionNamed(repository)
    const bestFamily = best && distributionNamed(repositoryOf(nameOf(best.known)))
    if (best && family !== undefined && bestFamily !== undefined && family !== bestFamily) {
      contradictions.push(`${says} ${shown}, and the first ${plural(best.layers, 'layer')} are those of ${nameOf(best.known)}`)
      return undefined
    }
    const why = [`${says} ${shown}`]
    if (named.length > 0 && here.length === 0 && !claimed)
      why.push(`${knownText(named[0]!)}, has other layers: the name has moved on since, or never was the base`)
    const [layers, how] = squashed
      ? [undefined, 'all files are in one layer: which of them are the base’s cannot be told']
      : claimed
        ? [claimed.layers, `as many layers as ${nameOf(claimed.known)} has claim to be its`]
        : hint.layers !== undefined
          ? [hint.layers, 'the history ends with the Dockerfile’s own steps']
          : below !== undefined
            ? [below, 'how many layers are its is told by the Dockerfile']
            : byHistory !== undefined
              ? [Math.max(byHistory, best?.layers ?? 0), 'how many layers are its is told by the history']
              : best
                ? [best.layers, `at least ${plural(best.layers, 'layer')}, those of ${nameOf(best.known)}, are its`]
                : root
                  ? [root.layers, 'how many layers are its is told by the history']
                  : [undefined, 'how many layers are its is not known']
    return answer(by, found, layers === 0 ? undefined : layers, [...why, how])
  }

  tellUnverified()
  const [sibling] = prefixes.siblings
  if (sibling && sibling.layers > (best?.layers ?? 0))
    aside.push(
      `${nameOf(sibling.known)} has the same first ${plural(sibling.layers, 'layer')}: an image of the same repository, which is taken for an earlier build of this one`,
    )

  const attested = image.materials && fromMaterials(image.materials, prefixes, dockerfile)
  const annotated = written(image.annotations, 'annotation')
  const disagree = (a: Hint | undefined, b: Hint | undefined): boolean =>
    a?.name !== undefined && b?.name !== undefined && familiar(a.name) !== familiar(b.name)
  const hints = [annotated, attested, written(image.config.labels, 'label')].filter(hint => hint !== undefined)
  if (annotated?.name === 'scratch')
    return nothing(root ? 'is-base' : 'scratch', 'annotation', `${annotated.says} scratch`, ...(root ? [root.why] : []))
  for (const hint of hints) {
    const found = accept(hint)
    if (!found) continue
    for (const other of hints)
      if (other !== hint && disagree(hint, other)) contradictions.push(`${other.says} ${familiar(other.name!)}`)
    return found
  }
  if (image.materials && !attested && image.materials.some(one => !isTool(one))) {
    const names = image.materials.filter(one => !isTool(one)).map(({ name }) => familiar(name))
    aside.push(`the build used ${names.slice(0, 5).join(', ')}, and nothing tells which of them this image is FROM`)
  }

  const rootHint = dockerfile?.root
  const byDockerfile: Hint | undefined =
    dockerfile && rootHint?.kind === 'image'
      ? { by: 'dockerfile', name: rootHint.name, digest: rootHint.digest, says: `${dockerfile.path} is FROM`, layers: below }
      : undefined
  if (dockerfile && below === undefined && !squashed)
    contradictions.push(`the history does not end with the steps of ${dockerfile.path}: perhaps it was built from another file`)
  if (dockerfile && rootHint?.kind === 'unknown')
    aside.push(`${dockerfile.path} is FROM ${rootHint.text}, which says no name without build arguments`)

  const variable = byHistory === undefined ? undefined : officialByVariable(image, byHistory, distro)
  if (best) {
    const group = prefixes.proved.filter(({ layers }) => layers === best.layers)
    const names = [...new Set(group.flatMap(one => one.known.names))]
    const first =
      best.layers === 1
        ? 'its first layer, by the digest of its bytes, is that'
        : `its first ${best.layers} layers, by the digests of their bytes, are those`
    const why = `${first} of ${knownText(best.known)}`
    const bestNames = names.map(repositoryOf)
    // The nearer base counts: what lies below it has the same first layers.
    if (byDockerfile && below !== undefined && below > best.layers && !bestNames.includes(repositoryOf(byDockerfile.name!))) {
      const found = accept(byDockerfile)
      if (found) return { ...found, evidence: [...found.evidence, why] }
    }
    if (variable && byHistory! > best.layers && !names.some(name => repositoryOf(name) === repositoryOf(variable.name)))
      return answer('history', { name: variable.name, digest: undefined }, byHistory, [
        `${variable.why}, and ends another image’s steps after ${plural(byHistory!, 'layer')}`,
        why,
      ])
    const wanted = byDockerfile?.name
    // The tag meant this image when it was built, and means another one now.
    if (wanted !== undefined && !names.includes(wanted) && bestNames.includes(repositoryOf(wanted)) && below === best.layers)
      return answer(
        'dockerfile',
        { name: wanted, digest: best.known.manifest },
        best.layers,
        [`${byDockerfile!.says} ${wanted}`, why],
        names,
      )
    const name = wanted !== undefined && names.includes(wanted) ? wanted : names[0]
    if (wanted !== undefined && name !== wanted) contradictions.push(`${byDockerfile!.says} ${wanted}`)
    const digest = best.known.manifest
    return answer(
      'layers',
      { name, digest },
      best.layers,
      [why],
      names.filter(one => one !== name),
    )
  }
  if (byDockerfile) {
    const found = accept(byDockerfile)
    if (found) return found
  }
  if (rootHint?.kind === 'scratch' && below === 0) return nothing('scratch', 'dockerfile', `${dockerfile!.path} is FROM scratch`)

  if (image.layers.length === 0) return nothing('scratch', 'history', 'it has no layers')
  if (squashed)
    return nothing(
      'unknown',
      'unknown',
      `all files are in one layer, which several steps made: where a base image ended cannot be told${distro ? `; os-release says ${distro.name}` : ''}`,
    )
  if (variable && byHistory! > (root?.layers ?? 0))
    return answer('history', { name: variable.name, digest: undefined }, byHistory, [
      `${variable.why}, and ends another image’s steps after ${plural(byHistory!, 'layer')}`,
      ...(root ? [root.why] : []),
    ])
  if (root && root.layers === image.layers.length)
    return nothing('is-base', 'history', `${root.why}, and nothing follows that changes a file: it is a base image itself`)
  if (byHistory !== undefined && byHistory > (root?.layers ?? 0))
    return answer('history', { name: undefined, digest: undefined }, byHistory, [
      `a CMD or ENTRYPOINT stands behind ${plural(byHistory, 'layer')}, and further layers behind that: there another image ended`,
      ...(root ? [root.why] : []),
    ])
  if (root) return answer('history', { name: root.name, digest: undefined }, root.layers, [root.why])
  const first = image.layers[0]!.step
  if (first === undefined) return nothing('unknown', 'unknown', 'its history does not fit its layers')
  const begins = keywordOf(image.config.history[first]!.createdBy)
  if (!distro && /^(?:ADD|COPY)$/.test(begins))
    return nothing('scratch', 'history', `its first step is ${begins}, and there is no distribution in it: nothing lies below`)
  return nothing(
    'unknown',
    'unknown',
    `neither an annotation, nor an image at hand, nor its history tells${distro ? `; os-release says ${distro.name}` : ''}`,
  )
}

/** What reports say of it: undefined where nobody knows which layers are its. */
export const baseImageFrom = ({ base, by, layers, evidence, contradictions }: BaseAnswer): BaseImage | undefined =>
  base && layers !== undefined && layers > 0 && by !== 'unknown'
    ? { ...base, layers, decidedBy: by, evidence, contradictions }
    : undefined

/** By the image alone. */
export const baseImageOf = (image: Image): BaseImage | undefined => baseImageFrom(baseOf(image, []))
