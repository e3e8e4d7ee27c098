import type { Step } from '../../../read/dockerfile/graph.ts'
import { commandsOf, fixBy, removeAt, stepsNamed } from '../../dockerfile-queries.ts'
import { dockerfileRule } from '../../dockerfile-rule.ts'
import { baseUser, isRoot } from '../../image-users.ts'

export default dockerfileRule({
  on: 'dockerfile',
  severity: 'medium',
  since: '0.1.0',
  profile: 'default',
  summary: 'sudo is used',
  why: 'sudo in an image is a door back to root: an account that may use it without a password is root by another name, and its setuid bit is one more program whose bugs give root away. In a build it also starts a process tree in which signals and environment get lost. USER says the same without leaving anything behind.',
  examples: [
    { bad: 'FROM debian:12\nRUN sudo apt-get update\n', good: 'FROM debian:12\nRUN apt-get update\n' },
    {
      bad: 'FROM debian:12\nUSER root\nRUN true && sudo -E rm -rf /tmp/x\n',
      good: 'FROM debian:12\nUSER root\nRUN true && rm -rf /tmp/x\n',
    },
    {
      bad: 'FROM debian:12\nUSER app\nRUN sudo apt-get update\n',
      good: 'FROM debian:12\nUSER root\nRUN apt-get update\nUSER app\n',
      byHand: true,
    },
    {
      bad: 'FROM debian:12\nCMD ["sudo", "app"]\n',
      good: 'FROM debian:12\nRUN apt-get install -y sudo\nCMD ["app"]\n',
      byHand: true,
    },
  ],
  replaces: ['DL3004', 'DS-0010', 'CKV2_DOCKER_1', 'run_using_sudo', 'no-sudo-in-dockerfile', 'DKL-DI-0001'],
  links: ['https://docs.docker.com/build/building/best-practices/#user'],
  fixes: 'safe',
  *check(dockerfile) {
    for (const step of stepsNamed(dockerfile, 'RUN', 'CMD', 'ENTRYPOINT', 'HEALTHCHECK')) {
      for (const { command } of commandsOf(step)) {
        const wrapper = command.wrappers.find(({ name }) => name === 'sudo' || name === 'doas')
        const at = wrapper?.span ?? (command.name === 'sudo' || command.name === 'doas' ? command.nameWord?.span : undefined)
        if (!at) continue
        const name = wrapper?.name ?? command.name
        // `sudo --version` and `sudo -l` run nothing.
        if (
          !wrapper &&
          command.options.some(({ name: option }) => ['-V', '--version', '-l', '--list', '-h', '--help'].includes(option))
        )
          continue
        const text = dockerfile.tree.text
        const removable =
          wrapper !== undefined &&
          wrapper === command.wrappers[0] &&
          command.nameWord !== undefined &&
          step.instruction.name === 'RUN' &&
          step.instruction.json === undefined &&
          !command.context.includes('nested-shell') &&
          // `sudo -u someone`, `sudo -i` do more than run a command as root; `sudo A=1 cmd` is an assignment to sudo.
          /^(?:sudo|doas)(?:\s+-(?:[EHnSkb]+|-(?:preserve-env|set-home|non-interactive|stdin)))*$/.test(
            text.slice(at.start, at.end),
          ) &&
          /^[ \t]+$/.test(text.slice(at.end, nextWordStart(text, at.end)))
        const root = runsAsRoot(step)
        yield {
          at,
          message:
            root === 'certainly'
              ? `\`${name}\` does nothing here: this step already runs as root`
              : `\`${name}\` is used to become root`,
          fix:
            removable && root === 'certainly'
              ? fixBy('safe', `Remove ${name}`, removeAt(dockerfile, { start: at.start, end: nextWordStart(text, at.end) }))
              : {
                  title: 'Put `USER root` before the steps that need it, and the unprivileged USER after them',
                  safety: 'manual',
                  edits: [],
                },
        }
      }
    }
  },
})

const nextWordStart = (text: string, from: number): number => {
  let at = from
  while (text[at] === ' ' || text[at] === '\t') at++
  return at
}

/** Certain when the file says so, or when nobody set a user on an official image, all of which start a build as root. */
const runsAsRoot = (step: Step): 'certainly' | 'perhaps' | 'no' => {
  const { value, at } = step.before.user
  if (at) return !value?.known ? 'perhaps' : isRoot(value.value) ? 'certainly' : 'no'
  const root = step.stage?.root
  if (root?.kind === 'image' && root.reference.registry === 'docker.io' && root.reference.repository.startsWith('library/')) {
    return baseUser(root) === 'root' ? 'certainly' : 'no'
  }
  return 'perhaps'
}
