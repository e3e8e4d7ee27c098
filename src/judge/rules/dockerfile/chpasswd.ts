import { hasOption, optionValue, pipelineOf } from '../../../read/shell/queries.ts'
import { runCommands } from '../../dockerfile-queries.ts'
import { dockerfileRule } from '../../dockerfile-rule.ts'

export default dockerfileRule({
  on: 'dockerfile',
  severity: 'high',
  since: '0.1.0',
  profile: 'default',
  summary: 'A password is set during the build',
  why: 'Whoever has the image has the password: it stands in the history, and its hash in /etc/shadow. Every container started from it shares it, so one leaked image opens them all, over SSH, `su` or a reused password elsewhere.',
  examples: [
    {
      bad: 'FROM debian:12\nRUN echo "root:toor" | chpasswd\nUSER app\n',
      good: 'FROM debian:12\nRUN useradd --system app\nUSER app\n',
      byHand: true,
    },
    {
      bad: 'FROM debian:12\nRUN useradd -p secret app\nUSER app\n',
      good: 'FROM debian:12\nRUN usermod --lock root\nUSER app\n',
      byHand: true,
    },
    { bad: 'FROM alpine:3.20\nRUN passwd -d root\n', good: 'FROM alpine:3.20\nRUN passwd -l root\n', byHand: true },
  ],
  replaces: ['CKV2_DOCKER_17', 'DKL-LI-0001'],
  fixes: 'manual',
  *check(dockerfile) {
    for (const { command, script } of runCommands(dockerfile, 'chpasswd', 'passwd', 'useradd', 'usermod')) {
      const at = command.nameWord?.span ?? command.span
      const fix = {
        title: 'Create the account without a password (`useradd --system`); nobody has to log in to a container',
        safety: 'manual' as const,
        edits: [],
      }
      if (command.name === 'chpasswd') {
        // A password from a mounted secret is not in the history, but its hash stays in the layer all the same.
        yield { at, message: '`chpasswd` puts a password into the image', fix }
      } else if (command.name === 'passwd') {
        if (hasOption(command, '-d', '--delete'))
          yield { at, message: '`passwd -d` leaves the account without any password: anyone can become it', fix }
        else if (hasOption(command, '--stdin') || pipelineOf(script, command)[0] !== command)
          yield { at, message: '`passwd` puts a password into the image', fix }
      } else {
        const value = optionValue(command, '-p', '--password')
        // `!` and `*` lock the account; `x` alone is no valid hash either.
        if (value !== undefined && !/^[!*x]*$/.test(value))
          yield { at, message: `\`${command.name} --password\` puts a password into the image`, fix }
      }
    }
  },
})
