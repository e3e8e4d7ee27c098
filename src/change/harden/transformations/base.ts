import { codeNamed, compareVersions, cycleIn, endOfLife, listed } from '../../../judge/base-catalogue.ts'
import { insertAt, shippedStages } from '../../../judge/dockerfile-queries.ts'
import { requestsOf } from '../../../judge/package-queries.ts'
import { isLongTerm, propose } from '../../../judge/recommend.ts'
import type { Edit } from '../../../model/finding.ts'
import type { Stage } from '../../../read/dockerfile/graph.ts'
import { type ImageReference, parseReference } from '../../../read/dockerfile/reference.ts'
import { rewriteFrom } from '../../base/dockerfile.ts'
import { distributionOf, isAvailable, nameOfImage } from '../image-choice.ts'
import { againstSlim } from '../slim-fit.ts'
import { joinTitles } from '../titles.ts'
import { type HardenSubject, type LeftOut, transformation } from '../transformation.ts'
import { fits, stackFor, statedRange } from '../version-fit.ts'

/** What became of one image: another name, and what is to be known of it; or why not. */
type Outcome =
  | { readonly name: string; readonly title: string; readonly risk?: string; readonly check?: string }
  /** `isWhole`: nor is anything else of it changed. */
  | { readonly reason: string; readonly check?: string; readonly isWhole?: true }
  | undefined

export default transformation({
  title: 'Stand on a definite, supported, small base',
  why: 'A tag such as `latest` is another image tomorrow, so that nobody knows what was built. A version whose support is over gets no fixes for holes that are public. Full-size variants ship compilers, git and hundreds of libraries that your program never uses, each with holes of its own, and tools for whoever breaks in.',
  level: 'balanced',
  safety: 'unsafe',
  order: 100,
  supersedes: ['dockerfile/base-tag-latest', 'dockerfile/base-tag-missing', 'dockerfile/base-eol', 'dockerfile/base-fat'],
  apply(subject) {
    const { dockerfile } = subject
    const bottom = shippedStages(dockerfile).at(-1)
    const left: LeftOut[] = []
    const suffixes = new Map<string, Edit>()
    const found = new Map<string, Exclude<Outcome, undefined | { readonly reason: string }>>()
    for (const stage of dockerfile.stages) {
      if (stage.base.kind !== 'image') continue
      const { reference } = stage.base
      if (reference.digest !== undefined) {
        const [over] = endOfLife(reference, subject.today)
        if (over)
          left.push({
            leftOut: `\`${nameOfImage(reference)}\` is pinned to its digest, and support of ${over.title} ended on ${over.end}`,
            check: [`Move it to a supported version: ${over.maintained.slice(-4).join(', ') || 'another image'}`],
          })
        continue
      }
      let current = reference
      const titles: string[] = []
      const risks: string[] = []
      const checks: string[] = []
      for (const step of [definite, supported, ...(stage === bottom ? [smaller] : [])]) {
        const outcome = step(subject, current, stage)
        if (!outcome) continue
        if ('reason' in outcome) {
          left.push({ leftOut: outcome.reason, check: outcome.check === undefined ? [] : [outcome.check] })
          if (outcome.isWhole) {
            current = reference
            break
          }
          continue
        }
        if (!isAvailable(subject, outcome.name)) continue
        const next = parseReference(outcome.name)
        if (!next) continue
        current = next
        titles.push(outcome.title)
        if (outcome.risk !== undefined) risks.push(outcome.risk)
        if (outcome.check !== undefined) checks.push(outcome.check)
      }
      const name = nameOfImage(current)
      if (name === nameOfImage(reference) || !stage.baseWord) continue
      const before = nameOfImage(reference)
      const { raw, span } = stage.baseWord
      // `node:${VERSION}` becomes `node:${VERSION}-slim`: the variable stays one of versions.
      if (raw.includes('$') && reference.tag !== undefined && name.startsWith(`${before}-`) && !/["'\\`]/.test(raw))
        suffixes.set(`${span.start}`, insertAt(dockerfile, span.end, name.slice(before.length)))
      found.set(`${span.start}`, {
        name,
        title: `Use \`${name}\` in place of \`${nameOfImage(reference)}\`: ${titles.join(', ')}`,
        ...(risks.length > 0 ? { risk: [...new Set(risks)].join('; ') } : {}),
        ...(checks.length > 0 ? { check: checks.join('; ') } : {}),
      })
    }
    if (found.size > 0) {
      const { edits: written, changes } = rewriteFrom(dockerfile, (_, place) => {
        const wanted = place.in === 'from' && !suffixes.has(`${place.span.start}`) ? found.get(`${place.span.start}`) : undefined
        const reference = wanted && parseReference(wanted.name)
        return reference
          ? { name: reference.familiar, ...(reference.tag === undefined ? {} : { tag: reference.tag }) }
          : undefined
      })
      const edits = [...written, ...suffixes.values()]
      const done = [...changes.map(({ span }) => `${span.start}`), ...suffixes.keys()].flatMap(start => found.get(start) ?? [])
      if (edits.length > 0) {
        const risk = [...new Set(done.flatMap(one => one.risk ?? []))].join('; ')
        return {
          edits,
          title: joinTitles(done.map(({ title }) => title)),
          ...(risk === '' ? {} : { risk }),
          check: [...new Set(done.flatMap(({ check }) => check ?? []))],
        }
      }
    }
    return left.length === 0
      ? undefined
      : {
          leftOut: [...new Set(left.map(one => one.leftOut))].join('; '),
          check: [...new Set(left.flatMap(({ check }) => check ?? []))],
        }
  },
})

const moving = /^(?:latest|lts|current|stable|mainline|oldstable|rolling|edge)$/

/** `node`, `python:slim`, `nginx:stable-alpine`, `python:3` → a version that does not move on to the next by itself. */
const definite = (subject: HardenSubject, reference: ImageReference): Outcome => {
  const { tag, familiar } = reference
  const parts = (tag ?? 'latest').split('-')
  const known = listed(reference)
  const first = parts[0]!.toLowerCase()
  const isNumber = /^v?\d/.test(first)
  if (known && codeNamed(first)?.[0] === known.image) return undefined
  const product = known?.product
  const cycles = Object.keys(product?.cycles ?? {}).filter(cycle => /^\d/.test(cycle))
  const isPart =
    isNumber &&
    !cycles.some(cycle => cycle === first || first.startsWith(`${cycle}.`)) &&
    cycles.some(cycle => cycle.startsWith(`${first}.`))
  if (isNumber && !(isPart && /^(?:python|ruby|php|golang)$/.test(known?.image ?? ''))) return undefined
  if (!isNumber && tag !== undefined && !moving.test(first) && !known) return undefined
  const name = nameOfImage(reference)
  if (!known || cycles.length === 0) {
    return {
      reason: `which version \`${name}\` is today is not known here`,
      check: `Give ${familiar} the tag of the version that you tested, or its digest`,
    }
  }
  if (/^(?:rolling|edge|sid|unstable|testing|experimental|tip|nightly|devel|next)$/.test(first))
    return { reason: `\`${name}\` moves on by intention` }
  const range = statedRange(known.image, stackFor(subject, known.image)?.version)
  const fitting = cycles
    .filter(cycle => !isPart || cycle.startsWith(`${first}.`))
    .filter(cycle => isSupported(product!.cycles[cycle]!, subject.today) && isLongTerm(known.image, cycle))
    .filter(cycle => range === undefined || fits(cycle, range))
    .sort(compareVersions)
  const cycle = fitting.at(-1)
  const by = stackFor(subject, known.image)?.version
  if (cycle === undefined)
    return {
      reason: `no supported version of ${product!.name} is ${range === undefined ? 'known' : `what ${by?.by} asks for (${by?.value})`}`,
    }
  const rest = (isNumber || moving.test(first) ? parts.slice(1) : parts).filter(part => !moving.test(part))
  return {
    name: `${familiar}:${[cycle, ...rest].join('-')}`,
    title:
      range === undefined ? `the newest version with long support` : `the newest version that ${by?.by} allows (${by?.value})`,
    risk: 'Another version than the one that this tag gave until now, where that one was not the same',
    ...(/^(?:postgres|mysql|mariadb|mongo|redis|elasticsearch)$/.test(known.image)
      ? { check: `Data that another version of ${familiar} wrote have to be taken over` }
      : {}),
  }
}

const isSupported = (end: string, today: string): boolean => end === '' || end >= today

/** Java’s official image ended: https://hub.docker.com/_/openjdk names Eclipse Temurin first among those to go on with. */
const successor = (reference: ImageReference, stage: Stage): Outcome => {
  const tag = reference.tag ?? 'latest'
  const major = /^(\d+)/.exec(tag)?.[1]
  if (major === undefined || !/^(?:8|11|17|21|25)$/.test(major))
    return {
      reason: `\`${nameOfImage(reference)}\` gets no fixes any more, and version ${major ?? tag} has no successor with long support`,
      check: 'Choose a version of eclipse-temurin',
    }
  if (stage.steps.some(step => step.instruction.name === 'RUN' && requestsOf(step, 'dnf', 'yum', 'microdnf', 'rpm').length > 0))
    return {
      reason: `\`${nameOfImage(reference)}\` gets no fixes any more, and its successor has another package manager`,
      check: 'Install the packages by apt-get',
    }
  const kind = /(?:^|-)jre(?:-|$)/.test(tag) ? 'jre' : 'jdk'
  const alpine = /alpine/.test(tag) ? '-alpine' : ''
  return {
    name: `eclipse-temurin:${major}-${kind}${alpine}`,
    title: 'openjdk gets no fixes any more',
    risk: 'Another build of the same Java, on another distribution',
  }
}

/** Their files are of one major version: https://www.postgresql.org/docs/current/upgrading.html, https://www.mongodb.com/docs/manual/release-notes/ */
const keepsData = /^(?:postgres|mysql|mariadb|mongo|elasticsearch|cassandra|couchdb|neo4j|influxdb)$/

/** `deb http://archive.debian.org/debian buster main`. */
const namesSuite = (stage: Stage, suite: string): boolean =>
  stage.steps.some(
    ({ instruction, scripts }) =>
      instruction.name === 'RUN' && scripts.some(({ text }) => new RegExp(`\\b${suite}\\b`).test(text)),
  )

/** A version whose support is over → the next one that has it. */
const supported = (subject: HardenSubject, reference: ImageReference, stage: Stage): Outcome => {
  const known = listed(reference)
  const name = nameOfImage(reference)
  if (!known || reference.tag === undefined) return undefined
  const ended = endOfLife(reference, subject.today)
  if (ended.length === 0) return forgotten(subject, reference)
  if (known.image === 'openjdk') return successor(reference, stage)
  const over = `support of ${ended[0]!.title} ended on ${ended[0]!.end}`
  const range = statedRange(known.image, stackFor(subject, known.image)?.version)
  const by = stackFor(subject, known.image)?.version
  const { candidates } = propose(name, { today: subject.today, nonLts: false })
  const cycleOf = (text: string): string => /^v?(\d+(?:\.\d+)*)/.exec(parseReference(text)?.tag ?? '')?.[1] ?? ''
  const before = cycleOf(name)
  // `/usr/local/lib/python3.10/site-packages` is another folder in the next version.
  if (known.image === 'python' && before !== '' && subject.dockerfile.tree.text.includes(`/python${before}/`))
    return {
      reason: `${over}, and the file names the folder python${before}`,
      check: `Move to a supported version, and let nothing name python${before}: ${ended[0]!.maintained.slice(-4).join(', ')}`,
    }
  for (const { kind, name: next } of candidates) {
    if (kind !== 'major' && kind !== 'minor' && kind !== 'release') continue
    if (endOfLife(parseReference(next)!, subject.today).length > 0) continue
    // Whether an old version was ever built for a new release of the distribution, only the registry knows.
    if (kind === 'release' && !known.product && subject.images.get(next)?.exists !== true) continue
    const cycle = cycleOf(next)
    if (range !== undefined && cycle !== '' && !fits(cycle, range)) continue
    if (keepsData.test(known.image) && cycle.split('.')[0] !== before.split('.')[0])
      return {
        reason: `${over}, and ${nameOfImage(parseReference(next)!)} does not read the data of version ${before} as they are`,
        check: `Take the data over, by the way that ${known.product?.name ?? known.image} describes, from version to version`,
      }
    const suite = distributionOf(reference)?.suite
    if (suite !== undefined && distributionOf(parseReference(next)!)?.suite !== suite && namesSuite(stage, suite))
      return {
        reason: `${over}, and steps of the file are written for \`${suite}\``,
        check: `Write them for ${nameOfImage(parseReference(next)!)}: other sources of packages, other names`,
        isWhole: true,
      }
    // Another major version of these is another language.
    if (/^(?:python|php|ruby|perl)$/.test(known.image) && cycle.split('.')[0] !== before.split('.')[0]) continue
    return {
      name: next,
      title: over,
      risk:
        kind === 'release'
          ? 'Packages of another release of the distribution: other versions, some other names'
          : 'What the version before had may be gone: see its notes of release, and run the tests',
      check: `Run the tests on ${next}`,
    }
  }
  return {
    reason: `${over}${range === undefined ? '' : `, and no supported version is what ${by?.by} asks for (${by?.value})`}`,
    check: `Move ${known.product?.name ?? name} to a supported version: ${ended[0]!.maintained.slice(-4).join(', ') || 'another image'}`,
  }
}

/** So old, or of so short a life, that the catalogue does not have it: `nginx:1.13`. */
const forgotten = (subject: HardenSubject, reference: ImageReference): Outcome => {
  const known = listed(reference)
  const version = /^v?(\d+(?:\.\d+)*)(?=-|$)/.exec(reference.tag ?? '')?.[1]
  const cycles = known?.product?.cycles ?? {}
  if (!known?.product || version === undefined || cycleIn(known.product, version) !== undefined) return undefined
  const supported = Object.keys(cycles)
    .filter(cycle => /^\d/.test(cycle) && isSupported(cycles[cycle]!, subject.today))
    .sort(compareVersions)
  const next = supported.find(
    cycle =>
      isLongTerm(known.image, cycle) && compareVersions(cycle, version) > 0 && cycle.split('.')[0] === version.split('.')[0],
  )
  if (supported[0] === undefined || compareVersions(supported[0], version) < 0) return undefined
  const over = `${known.product.name} ${version} gets no fixes any more`
  if (next === undefined) return { reason: over, check: `Move to a supported version: ${supported.slice(-4).join(', ')}` }
  return {
    name: `${reference.familiar}:${[
      next,
      ...reference
        .tag!.split('-')
        .slice(1)
        .map(part => part.replace(/^alpine\d[\d.]*$/, 'alpine'))
        .filter(part => !codeNamed(part)),
    ].join('-')}`,
    title: over,
    risk: 'What the version before had may be gone: see its notes of release, and run the tests',
    check: `Run the tests on ${known.product.name} ${next}`,
  }
}

/** The slim variant of what ships, where nothing in it needs the full one; Alpine only for those who want all. */
const smaller = (subject: HardenSubject, reference: ImageReference, stage: Stage): Outcome => {
  const known = listed(reference)
  if (!known?.isOfficial) return undefined
  const { candidates } = propose(nameOfImage(reference), { today: subject.today, nonLts: false })
  const slim = candidates.find(({ kind }) => kind === 'slim')
  if (slim) {
    // Where something is built, a split leaves the full one behind; it has its own words for why not.
    if (againstSlim(subject, stage, known.image) !== undefined) return undefined
    return {
      name: slim.name,
      title: 'without compilers, git and headers',
      risk: 'A program of the full-size variant that nothing here names may be missed',
    }
  }
  const alpine = candidates.find(({ kind }) => kind === 'alpine')
  if (!alpine || subject.level !== 'strict' || !/^(?:nginx|httpd)$/.test(known.image)) return undefined
  if (stage.steps.some(({ instruction }) => instruction.name === 'RUN')) return undefined
  return {
    name: alpine.name,
    title: 'the same server on a distribution of a tenth of the size',
    risk: 'BusyBox in place of GNU’s tools, and no bash: scripts of the entry point may rest on these',
  }
}
