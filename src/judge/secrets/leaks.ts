/** Everything that leaks in an image: its configuration, its history, and every file of every layer. */

import { compareSeverity, type Digest, type Location, type Problem, type Severity } from '../../model/finding.ts'
import type { Image } from '../../model/image.ts'
import type { FoundSomewhere, Inventory } from '../../model/inventory.ts'
import { shortHash } from '../../model/key.ts'
import type { Leak, LeakPlace } from '../../model/leak.ts'
import { isPlaceholder } from './detector.ts'
import { gitHits, gitProblems, type PlacedHit } from './git-leaks.ts'
import { type ImageSecret, type Known, knownBy, toldBy } from './image-secrets.ts'
import { redactName } from './redact-image.ts'
import { detectors } from './registry.ts'
import { isSampleFile, isSamplePath } from './sample-path.ts'
import { fingerprintOf, type Hit, isHit, type Unopened } from './scan-file.ts'
import { secretsName } from './secret-cataloger.ts'

/** `reveal`: values are kept. The inventory must have been taken with the cataloger of secrets. */
export const leaksOf = (inventory: Inventory, reveal: boolean): readonly Leak[] => {
  const { image, everywhere = [] } = inventory
  const ships = shippers(inventory)
  const found = [
    ...onceByName(everywhere).flatMap(one => (one.cataloger === secretsName ? inFile(one, image, ships) : [])),
    ...gitHits(everywhere).flatMap(one => inFile(one, image, ships)),
    ...(image ? inImage(image) : []),
  ]
  const seen = new Set<string>()
  return found
    .filter(({ key }) => !seen.has(key) && seen.add(key))
    .map(one => (reveal ? one : { ...one, value: undefined }))
    .sort((a, b) => compareSeverity(a.severity, b.severity) || inOrder.compare(placeText(a.at), placeText(b.at)))
}

/** Step 8 before step 11. */
const inOrder = new Intl.Collator('en', { numeric: true })

/** A folder is told once, however many files are in it. */
const onceByName = (everywhere: readonly FoundSomewhere[]): readonly FoundSomewhere[] => {
  const told = new Set<string>()
  return everywhere.map(one => {
    if (one.cataloger !== secretsName) return one
    const data = one.data as readonly (Hit | Unopened)[]
    if (!data.some(hit => isHit(hit) && hit.isName)) return one
    const isNew = ({ detector, fingerprint, length }: Hit): boolean => {
      const key = `${detector} ${fingerprint ?? `${one.path} ${length}`}`
      return !told.has(key) && told.add(key) !== undefined
    }
    return { ...one, data: data.filter(hit => !isHit(hit) || !hit.isName || isNew(hit)) }
  })
}

const ruleOf = (detector: string): string => `secret/${detector}`

/** Where no shape says what it is, the name does. */
const named = {
  name: 'Value with a secret name',
  why: 'Its name says that it is a secret. Whoever can pull the image reads it: nothing in an image is hidden from those who have it.',
  revoke: 'Change it where it is used, and give the new one to the container when it runs.',
  link: 'https://docs.docker.com/build/building/secrets/',
}

/** `summary`: as its issuer calls it. */
export type LeakRule = Pick<Leak, 'why' | 'revoke' | 'link'> & { readonly summary: string }

/** The kinds of secrets, as a configuration names them. */
export const leakRules: Readonly<Record<string, LeakRule>> = Object.fromEntries(
  [['secret-name', named] as const, ...Object.entries(detectors)].map(([id, { name, why, revoke, link }]) => [
    ruleOf(id),
    { summary: name, why, revoke, link },
  ]),
)

const describe = (id: string): Pick<Leak, 'rule' | 'name' | 'why' | 'revoke' | 'link'> => {
  const detector = detectors[id]
  const { name, why, revoke, link } = detector ?? named
  return { rule: ruleOf(id), name, why, revoke, link }
}

/** The issuer's checksum holds. */
const isProved = (id: string): boolean => detectors[id]?.hasChecksum === true
/** A key in full, which nothing protects. */
const isKey = (id: string): boolean => detectors[id]?.isKey === true
/** It is, or was, a real one. */
const isCertain = (id: string): boolean => isProved(id) || isKey(id)

/** As readable as it is for a stranger: in a running container, in a layer, in the history. */
const severityOf = (reach: Leak['reach'], isCertain: boolean, isSample: boolean): Severity => {
  if (isSample) return 'info'
  if (reach === 'image') return isCertain ? 'critical' : 'high'
  return isCertain ? 'high' : 'medium'
}

/** Files in which there may be more than is told. */
export const cutOff = ({ image, everywhere = [] }: Inventory): readonly Problem[] => [
  ...gitProblems({ image, everywhere }),
  ...unopened(everywhere),
  ...everywhere.flatMap(({ cataloger, path, layer, data }): Problem[] => {
    if (cataloger !== secretsName) return []
    const hits = (data as readonly (Hit | Unopened)[]).filter(isHit)
    if (!hits.some(({ isLast }) => isLast)) return []
    const where = image?.layers[layer]
    const message = `${path} has more secrets than are told: what stands behind the first ${hits.length} was not looked for`
    return [
      {
        kind: 'uncovered',
        code: 'secrets-cut-off',
        message,
        ...(where ? { at: { in: 'layer', layer: where.diffId, path } } : {}),
      },
    ]
  }),
]

/** One for an image. */
const unopened = (everywhere: readonly FoundSomewhere[]): readonly Problem[] => {
  const closed = everywhere.flatMap(({ cataloger, path, data }) =>
    cataloger === secretsName
      ? (data as readonly (Hit | Unopened)[]).flatMap(one => (isHit(one) ? [] : [{ path, count: one.unopened }]))
      : [],
  )
  if (closed.length === 0) return []
  const count = closed.reduce((sum, one) => sum + one.count, 0)
  const paths = [...new Set(closed.map(({ path }) => path))]
  const shown = `${paths.slice(0, 3).join(', ')}${paths.length > 3 ? ` and ${paths.length - 3} more` : ''}`
  const message = `${count === 1 ? 'an archive was' : `${count} archives were`} not looked through for secrets, in ${shown}: they are broken, of a kind that is not read (bzip2, xz, 7z, RAR), or in archives in archives`
  return [{ kind: 'uncovered', code: 'archives-unopened', message }]
}

const inFile = (one: FoundSomewhere, image: Image | undefined, ships: Ships): readonly Leak[] => {
  const layer = image?.layers[one.layer]
  const reach: Leak['reach'] = one.fate.kind === 'present' ? 'image' : one.fate.kind
  const shipper = ships(one.path, layer?.diffId)
  // How many of one kind a line had so far.
  const counts = new Map<string, number>()
  return (one.data as readonly (Hit | PlacedHit | Unopened)[])
    .filter(one => isHit<Hit | PlacedHit>(one))
    .map(hit => {
      const git = 'git' in hit ? hit.git : undefined
      const at: LeakPlace = {
        in: 'file',
        layer: one.layer,
        diffId: layer?.diffId,
        step: layer?.step,
        path: one.path,
        line: hit.line,
        inside: hit.inside,
        ...(git ? { git } : {}),
      }
      const proved = isProved(hit.detector)
      // What its issuer made for somebody is no sample, wherever it is.
      const shippedBy = proved ? undefined : shipper
      const isMarked = isKey(hit.detector) || detectors[hit.detector]?.prefix.source !== '^$'
      const isSample =
        !proved && ((git?.name !== undefined && isSamplePath(git.name)) || isSampleFile(one.path, hit.inside, !isMarked))
      const identity = ['secret', hit.detector, placeText(at), ...(one.earlier ? [`earlier ${one.earlier}`] : [])].join('\n')
      const before = counts.get(identity) ?? 0
      counts.set(identity, before + 1)
      return {
        detector: hit.detector,
        ...describe(hit.detector),
        at,
        reach,
        by: one.fate.kind === 'present' ? undefined : one.fate.by,
        severity: severityOf(reach, isCertain(hit.detector), shippedBy !== undefined || isSample),
        prefix: hit.prefix,
        length: hit.length,
        fingerprint: hit.fingerprint,
        key: shortHash(before === 0 ? identity : `${identity}\n${before}`),
        isProved: proved,
        shippedBy,
        value: hit.value,
      }
    })
}

/** The package that brings a file to everybody, if the file in that layer is the package's own. */
type Ships = (path: string, layer: Digest | undefined) => string | undefined

/**
 * Which package a file belongs to: those of the system by their lists, npm's by their folder, Python's by their records. What another layer has at the
 * same path is somebody else's, and private packages are nobody's but their owner's.
 */
const shippers = ({ packages }: Inventory): Ships => {
  type Owner = { readonly purl: string; readonly layers: ReadonlySet<string | undefined> }
  const owners = new Map<string, Owner[]>()
  const own = (path: string, owner: Owner): void => {
    const list = owners.get(path)
    if (list) list.push(owner)
    else owners.set(path, [owner])
  }
  for (const { purl, owns, ecosystem, at, isPrivate } of packages) {
    const owner = { purl, layers: new Set(at.map(layerOf)) }
    for (const path of owns ?? []) own(path, owner)
    if (ecosystem !== 'npm') continue
    for (const place of at) {
      const path = 'path' in place ? (place.path ?? '') : ''
      // What lies below node_modules was downloaded, whoever the package belongs to.
      if (/\/node_modules\/(?:@[^/]+\/)?[^/]+\/package\.json$/.test(path))
        own(path.slice(0, -'package.json'.length), { purl, layers: new Set(isPrivate ? [] : [layerOf(place)]) })
    }
  }
  return (path, layer) => {
    const ownerOf = (name: string): string | undefined => owners.get(name)?.find(({ layers }) => layers.has(layer))?.purl
    const direct = ownerOf(path) ?? ownerOf(path.replace(/^\/usr(?=\/(?:lib|bin|sbin))/, '')) ?? ownerOf(`/usr${path}`)
    if (direct !== undefined) return direct
    // The innermost package is the one that it belongs to.
    for (let at = path.lastIndexOf('/'); at > 0; at = path.lastIndexOf('/', at - 1))
      if (owners.has(path.slice(0, at + 1))) return ownerOf(path.slice(0, at + 1))
    return undefined
  }
}

const layerOf = (place: Location): Digest | undefined => (place.in === 'layer' ? place.layer : undefined)

const inImage = ({ config }: Image): readonly Leak[] => {
  const told = toldBy(config)
  const known = knownBy(told)
  const values = new Set(
    told
      .filter(({ reach }) => reach === 'image')
      .flatMap(({ text, found }) => found.map(({ start, end }) => text.slice(start, end))),
  )
  const still = knownBy(told.flatMap(one => (one.reach === 'image' ? [{ ...one, hidden: [] }] : [])))
  // A variable may be there twice.
  const counts = new Map<string, number>()
  return told.flatMap(({ text, found, at, reach, isRepeated }) => {
    const covered = isRepeated ? still(text) : []
    return found.flatMap(one => {
      const secret = text.slice(one.start, one.end)
      const isTold = values.has(secret) || covered.some(({ start, end }) => start <= one.start && one.end <= end)
      if (isRepeated && isTold) return []
      const place = redactPlace(at(one.name), known)
      const key = placeText(place)
      const index = counts.get(key) ?? 0
      counts.set(key, index + 1)
      return [inText(one, secret, place, reach, index)]
    })
  })
}

/** A name may hold a secret, too. */
const redactPlace = (at: LeakPlace, known: Known): LeakPlace => {
  switch (at.in) {
    case 'file':
      return at
    case 'config':
      return { ...at, field: redactName(at.field, known) }
    case 'history':
      return { ...at, what: redactName(at.what, known) }
  }
}

const inText = ({ id, prefix }: ImageSecret, secret: string, at: LeakPlace, reach: 'image' | 'history', index: number): Leak => {
  // `changeme` in the environment opens a door all the same.
  const isSample = id === 'secret-name' && isPlaceholder(secret)
  const severity = severityOf(reach, isCertain(id), false)
  return {
    detector: id,
    ...describe(id),
    at,
    reach,
    by: undefined,
    severity: isSample ? (reach === 'image' ? 'medium' : 'low') : severity,
    prefix: secret.length < 16 ? '' : prefix,
    length: secret.length,
    fingerprint: fingerprintOf({ value: secret, prefix }),
    key: shortHash(['secret', id, placeText(at), String(index)].join('\n')),
    isProved: isProved(id),
    shippedBy: undefined,
    value: secret,
  }
}

/** For sorting and keys: no words for people. */
const placeText = (at: LeakPlace): string => {
  switch (at.in) {
    case 'file':
      // Packs are written anew now and then; an object stays what it is.
      if (at.git) return `git ${at.layer} ${at.git.objects} ${at.git.id ?? `${at.path} ${at.git.offset}`} ${at.line}`
      return `file ${at.layer} ${at.path} ${at.inside ?? ''} ${at.line}`
    case 'config':
      return `config ${at.field}`
    case 'history':
      return `history ${at.step} ${at.what}`
  }
}

const innerText = ({ inside, git }: Extract<LeakPlace, { in: 'file' }>): string => {
  const inner = inside ?? git?.name ?? git?.id
  return inner === undefined ? '' : ` → ${inner}`
}

/** What it is and where, in one line: what `match` of a configuration is looked for in. */
export const leakMessage = ({ name, fingerprint, at }: Leak): string => {
  const mark = fingerprint === undefined ? '' : `, fingerprint ${fingerprint}`
  switch (at.in) {
    case 'file':
      return `${name}${mark} in ${at.path}${innerText(at)}${at.line > 0 ? `:${at.line}` : ''}`
    case 'config':
      return `${name}${mark} in the configuration: ${at.field}`
    case 'history':
      return `${name}${mark} in the history, step ${at.step}: ${at.what}`
  }
}
