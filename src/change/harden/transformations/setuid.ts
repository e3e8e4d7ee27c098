/**
 * Programs of the distribution lose their setuid and setgid bits. The layer holds a copy of each: some hundred KiB on Debian (mount, passwd, su, …), nothing on most
 * Alpine images. Only where there is a full distribution, and root builds.
 */
import { lineage } from '../../../judge/dockerfile-queries.ts'
import { isRoot } from '../../../judge/image-users.ts'
import { requestsOf } from '../../../judge/package-queries.ts'
import type { Stage, Step } from '../../../read/dockerfile/graph.ts'
import { familyOf } from '../family.ts'
import { chooseUser } from '../final-user.ts'
import { isOpenEnded, isPosixShell, keyword, linesAfter } from '../place.ts'
import { startedPrograms, startOf } from '../start.ts'
import { transformation } from '../transformation.ts'

const command = 'find / -xdev -type f -perm /6000 -exec chmod a-s {} +'

export default transformation({
  title: 'Take the setuid and setgid bits from the programs of the image',
  why: 'A program with the setuid bit runs as its owner, whoever starts it: su, mount, passwd and others run as root. A bug in one of them makes an attacker who is an ordinary user in the container root again, and no service needs them.',
  level: 'strict',
  safety: 'unsafe',
  order: 700,
  apply(subject) {
    const { dockerfile } = subject
    const stage = dockerfile.final
    const choice = chooseUser(subject)
    if (!stage || !choice || choice.kind === 'left' || isOpenEnded(dockerfile)) return undefined
    const family = familyOf(stage)
    if (family !== 'debian' && family !== 'alpine') return undefined
    const steps = lineage(stage)
    if (steps.some(isStripping)) return undefined
    const start = startedPrograms(startOf(stage))
    const needed = ['sudo', 'su', 'ping', 'doas', 'newuidmap', 'mount', 'fusermount', 'crontab'].find(name => start.has(name))
    if (needed !== undefined)
      return { leftOut: `it starts \`${needed}\`, which works by that bit`, check: ['Whether the service can do without it'] }
    const place = lastAsRoot(stage)
    if (!place)
      return {
        leftOut: 'its base image leaves no place where root builds',
        check: ['Run it with no-new-privileges: then the bits have no effect'],
      }
    const packages = steps.flatMap(step => (step.instruction.name === 'RUN' ? requestsOf(step, 'apt', 'apk') : []))
    const names = packages.flatMap(({ request }) => request.packages.map(({ name }) => name))
    const withCapabilities = names.filter(name =>
      /^(?:iputils-ping|iputils|mtr-tiny|wireshark-common|libcap2-bin|caddy)$/.test(name),
    )
    return {
      risk: 'the layer holds a copy of each program that is changed, some hundred KiB on Debian',
      check: [
        'Whether something in the container starts sudo, su or ping as somebody else than root',
        ...(withCapabilities.length > 0
          ? [
              `${withCapabilities.join(', ')}: file capabilities have the same effect and stay; \`setcap -r\` takes them away, no-new-privileges voids them`,
            ]
          : []),
      ],
      edits: [linesAfter(dockerfile, place, [`${keyword(dockerfile, 'RUN')} ${command}`])],
    }
  },
})

/** A search for the bits, with a chmod. */
const isStripping = (step: Step): boolean =>
  step.instruction.name === 'RUN' &&
  step.scripts.some(
    ({ text }) =>
      /\bfind\b/.test(text) &&
      /-perm\s+[-/+]?(?:[ugo]?\+?s|0?[246]000|u=s|\+s)/.test(text) &&
      /chmod\s+\S*-s|chmod\s+(?:u|g|ug|a)?-s/.test(text),
  )

/** Behind the last installation of packages, where root still builds: what comes before the sources stays in the cache when they change. */
const lastAsRoot = (stage: Stage): Step | undefined => {
  const isRootThere = (state: Step['before']): boolean =>
    !state.user.at || (state.user.value?.known === true && isRoot(state.user.value.value))
  const installs = (step: Step): boolean => step.instruction.name === 'RUN' && requestsOf(step, 'apt', 'apk').length > 0
  const last = stage.steps.findLast(step => !step.onbuild && installs(step))
  if (last && isRootThere(last.after)) return isPosixShell(last.after) ? last : undefined
  // Somebody else than root installs, by sudo perhaps: behind it there must be a place of root’s.
  const after = last ? stage.steps.slice(stage.steps.indexOf(last)) : []
  const later = after.findLast(
    ({ onbuild, after: state, instruction }) => !onbuild && instruction.name !== 'ONBUILD' && isRootThere(state),
  )
  if (last) return later && isPosixShell(later.after) ? later : undefined
  const first = stage.steps[0]?.before ?? stage.end
  return isRootThere(first) && isPosixShell(first) ? stage.from : undefined
}
