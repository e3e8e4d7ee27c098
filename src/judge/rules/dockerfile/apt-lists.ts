import type { Dockerfile, Stage, Step } from '../../../read/dockerfile/graph.ts'
import type { Command } from '../../../read/shell/script.ts'
import { fixBy, isMountedAway, stepsNamed } from '../../dockerfile-queries.ts'
import { dockerfileRule } from '../../dockerfile-rule.ts'
import { type RequestAt, requestsOf, runAfter } from '../../package-queries.ts'

const cleaning = 'rm -rf /var/lib/apt/lists/*'

export default dockerfileRule({
  on: 'dockerfile',
  severity: 'low',
  since: '0.1.0',
  profile: 'default',
  summary: 'The package lists of apt stay in the layer',
  why: 'apt-get update downloads the lists of all packages there are. When they are not removed in the same RUN they stay in its layer for good: every pull is larger, and a later step may install from lists that are months old, without the security updates that came since.',
  examples: [
    {
      bad: 'FROM debian:12\nRUN apt-get update && apt-get install -y nginx\nUSER app\n',
      good: 'FROM debian:12\nRUN apt-get update && apt-get install -y nginx && rm -rf /var/lib/apt/lists/*\nUSER app\n',
    },
    {
      bad: 'FROM debian:12\nRUN apt-get update \\\n    && apt-get install -y nginx \\\n    && mkdir /x\nUSER app\n',
      good: 'FROM debian:12\nRUN apt-get update \\\n    && apt-get install -y nginx \\\n    && rm -rf /var/lib/apt/lists/* \\\n    && mkdir /x\nUSER app\n',
    },
    {
      bad: 'FROM debian:12\nRUN apt-get update && rm -rf /tmp/x\n',
      good: 'FROM debian:12\nRUN --mount=type=cache,target=/var/lib/apt apt-get update\n',
      byHand: true,
    },
  ],
  replaces: ['DL3009', 'apt_get_install_lists_were_not_deleted', 'remove-package-lists', 'DKL-DI-0005'],
  links: ['https://docs.docker.com/build/building/best-practices/#apt-get'],
  fixes: 'safe',
  *check(dockerfile) {
    let needs: ReadonlyMap<Step, Need> | undefined
    for (const step of stepsNamed(dockerfile, 'RUN')) {
      const requests = requestsOf(step, 'apt')
      if (requests.length === 0 || isMountedAway(step, '/var/lib/apt/lists')) continue
      const update = requests.find(({ request }) => request.action === 'update-index')
      if (!update) continue
      const commands = step.scripts.flatMap(script => script.commands)
      const lastUpdate = requests.findLast(({ request }) => request.action === 'update-index')!
      if (commands.slice(commands.indexOf(lastUpdate.command)).some(removesLists)) continue
      const last = requests.findLast(({ request }) => request.action !== 'other' && request.action !== 'clean') ?? update
      needs ??= needsLater(dockerfile)
      const need = needs.get(step) ?? 'no'
      // Lists that this RUN does not use should not be loaded here at all: dockerfile/update-alone.
      const isUsed = requests.some(
        ({ request }) => request.action === 'install' || request.action === 'upgrade' || request.action === 'other',
      )
      const edit = isUsed && onlyAptAfter(commands, last) ? runAfter(dockerfile, last, cleaning) : undefined
      yield {
        at: { start: update.command.nameWord!.span.start, end: update.request.verb?.span.end ?? update.command.span.end },
        message: '`apt-get update` leaves its package lists in this layer',
        fix:
          edit && need !== 'certainly'
            ? fixBy(
                need === 'no' ? 'safe' : 'unsafe',
                need === 'no'
                  ? 'Remove the lists in the same RUN'
                  : 'Remove the lists in the same RUN; a script that runs later must then call apt-get update itself',
                edit,
              )
            : {
                title: `End this RUN with \`${cleaning}\`, and let every RUN that installs begin with apt-get update`,
                safety: 'manual',
                edits: [],
              },
      }
    }
  },
})

/** `rm -rf /var/lib/apt/lists/*`, or the folder itself, or a parent. */
const removesLists = (command: Command): boolean =>
  (command.name === 'rm' &&
    command.operands.some(({ text }) =>
      /^\/var\/lib\/apt(?:\/lists)?(?:\/\*?)?$|^\/var\/lib\/apt\/lists\/|^\/var\/lib\/\*$/.test(text),
    )) ||
  (command.name === 'find' &&
    command.args.some(({ text }) => text.startsWith('/var/lib/apt')) &&
    command.args.some(({ text }) => text === '-delete' || text === 'rm'))

/** Nothing after it in this RUN that may need the lists: tools that call apt themselves, and scripts. */
const onlyAptAfter = (commands: readonly Command[], last: RequestAt): boolean =>
  !commands
    .slice(commands.indexOf(last.command) + 1)
    .some(command => mayCallApt(command) || /^apt(?:itude|-cache|-file|-get)?$/.test(command.name))

const callers = new Set([
  'add-apt-repository',
  'apt-add-repository',
  'gdebi',
  'mk-build-deps',
  'tasksel',
  'playwright',
  'rosdep',
  'install-php-extensions',
  'docker-php-ext-install',
  'pyenv',
  'Rscript',
])
const shells = new Set([
  'sh',
  'bash',
  'dash',
  'ash',
  'zsh',
  'source',
  '.',
  'eval',
  'make',
  'ansible-playbook',
  'python',
  'python3',
  'perl',
  'ruby',
  'node',
  'npx',
])
/** A program of whose inside nothing is known here. */
const mayCallApt = (command: Command): boolean =>
  callers.has(command.name) ||
  shells.has(command.name) ||
  /\.(?:sh|bash|py|pl|rb)$/.test(command.name) ||
  /\//.test(command.nameWord?.text ?? '')

type Need = 'no' | 'perhaps' | 'certainly'
const worse = (a: Need, b: Need): Need =>
  a === 'certainly' || b === 'certainly' ? 'certainly' : a === 'perhaps' || b === 'perhaps' ? 'perhaps' : 'no'

/** For each step, whether a later one of its stage, or of a stage built FROM it, installs without an update of its own. One pass, from the end. */
const needsLater = (dockerfile: Dockerfile): ReadonlyMap<Step, Need> => {
  const needs = new Map<Step, Need>()
  const inDerived = new Map<Stage, Need>()
  for (const stage of [...dockerfile.stages].reverse()) {
    let need = inDerived.get(stage) ?? 'no'
    for (const step of [...stage.steps].reverse()) {
      needs.set(step, need)
      need = worse(need, needOf(step))
    }
    if (stage.base.kind === 'stage') inDerived.set(stage.base.stage, worse(inDerived.get(stage.base.stage) ?? 'no', need))
  }
  return needs
}

const needOf = (step: Step): Need => {
  if (step.instruction.name === 'ONBUILD') return 'perhaps'
  if (step.instruction.name !== 'RUN') return 'no'
  let answer: Need = 'no'
  let updated = false
  for (const command of step.scripts.flatMap(script => script.commands)) {
    if (/^(?:apt|apt-get|aptitude)$/.test(command.name)) {
      const verb = command.operands[0]?.text
      if (verb === 'update') updated = true
      else if (
        !updated &&
        /^(?:install|reinstall|build-dep|source|upgrade|dist-upgrade|full-upgrade|satisfy)$/.test(verb ?? '')
      ) {
        // Package files of one's own need no lists, unless they have dependencies.
        if (!command.operands.slice(1).every(({ text }) => /^\.{0,2}\/.*\.deb$/.test(text)) || command.operands.length === 1)
          return 'certainly'
      }
    } else if (!updated && mayCallApt(command)) answer = 'perhaps'
  }
  return answer
}
