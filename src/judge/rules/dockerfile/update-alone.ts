import type { Fix } from '../../../model/finding.ts'
import type { Dockerfile, Step } from '../../../read/dockerfile/graph.ts'
import { fixBy, insertAt, removeAt, stepsNamed } from '../../dockerfile-queries.ts'
import { dockerfileRule } from '../../dockerfile-rule.ts'
import { isEditable, type RequestAt, requestsOf } from '../../package-queries.ts'

export default dockerfileRule({
  on: 'dockerfile',
  severity: 'medium',
  since: '0.1.0',
  profile: 'default',
  summary: 'The package index is updated in a RUN of its own',
  why: 'Docker keeps the layer of a RUN whose text has not changed. The update then stays as old as the cache, and a later RUN installs from it: packages without the security updates of months, or a build that fails because the old versions are gone from the mirror.',
  examples: [
    {
      bad: 'FROM debian:12\nRUN apt-get update\nRUN apt-get install -y curl\nUSER app\n',
      good: 'FROM debian:12\nRUN apt-get update && apt-get install -y curl\nUSER app\n',
    },
    { bad: 'FROM alpine:3.20\nRUN apk update\nRUN apk add curl\n', good: 'FROM alpine:3.20\nRUN apk update && apk add curl\n' },
  ],
  replaces: ['DS-0017', 'CKV_DOCKER_5', 'update_instruction_alone', 'CIS-DI-0007'],
  links: ['https://docs.docker.com/build/building/best-practices/#apt-get'],
  fixes: 'unsafe',
  *check(dockerfile) {
    for (const step of stepsNamed(dockerfile, 'RUN')) {
      const requests = requestsOf(step, 'apt', 'apk', 'zypper')
      const updates = requests.filter(({ request }) => request.action === 'update-index')
      const [update] = updates
      if (!update || requests.some(({ request }) => request.action === 'install' || request.action === 'upgrade')) continue
      // A script or a tool of which nothing is known may be what installs.
      const own = new Set(requests.map(({ command }) => command))
      const others = step.scripts.flatMap(one => one.commands).filter(command => !own.has(command))
      if (others.some(command => !harmless.has(command.name) && !(command.name === '' && command.assignments.length > 0)))
        continue
      const fix = move(dockerfile, step, after(dockerfile, step), update)
      yield {
        at: { start: update.command.nameWord!.span.start, end: update.request.verb?.span.end ?? update.command.span.end },
        message: `\`${update.request.program} ${update.request.verb?.text ?? 'update'}\` stands in a RUN that installs nothing, so its result grows old in the cache`,
        fix: fix ?? { title: 'Join it with the RUN that installs', safety: 'manual', edits: [] },
      }
    }
  },
})

const after = (dockerfile: Dockerfile, step: Step): Step | undefined => dockerfile.steps[dockerfile.steps.indexOf(step) + 1]

const harmless = new Set([
  'set',
  'echo',
  'rm',
  'mkdir',
  'export',
  'true',
  ':',
  'sed',
  'cat',
  'tee',
  'mv',
  'cp',
  'chmod',
  'ln',
  'sleep',
  'touch',
  'printf',
  'grep',
  'gpg',
  'apt-key',
  'apt-cache',
  'dpkg',
])

/** When the RUN is the update and nothing else, and the next instruction installs with the same tool: there it belongs. */
const move = (dockerfile: Dockerfile, step: Step, next: Step | undefined, update: RequestAt): Fix | undefined => {
  const commands = step.scripts.flatMap(script => script.commands)
  if (
    commands.length !== 1 ||
    step.onbuild ||
    !isEditable(update) ||
    step.instruction.heredocs.length > 0 ||
    step.instruction.flags.length > 0
  )
    return undefined
  if (step.instruction.innerComments.length > 0 || update.command.assignments.length > 0 || update.command.redirects.length > 0)
    return undefined
  const [script] = next?.scripts ?? []
  if (!next || !script || next.instruction.name !== 'RUN' || next.stage !== step.stage || next.onbuild) return undefined
  const first = script.commands[0]
  if (!first) return undefined
  const install = requestsOf(next, update.request.manager).find(({ request }) => request.action === 'install')
  if (!install || !isEditable(install) || install.command !== first || first.context.length > 0) return undefined
  const text = dockerfile.tree.text.slice(update.command.span.start, update.command.span.end)
  return fixBy(
    'unsafe',
    'Move it to the RUN that installs; a changed list of packages then takes a fresh index',
    removeAt(dockerfile, step.instruction.span),
    insertAt(dockerfile, first.span.start, `${text} && `),
  )
}
