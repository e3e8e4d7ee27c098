import { runCommands } from '../../dockerfile-queries.ts'
import { dockerfileRule } from '../../dockerfile-rule.ts'

/** What each would need, and does not have during a build. */
const pointless: ReadonlyMap<string, string> = new Map([
  ['ssh', 'there is nobody to log in; keys for it would stay in the layer'],
  ['vim', 'there is no terminal'],
  ['vi', 'there is no terminal'],
  ['nano', 'there is no terminal'],
  ['emacs', 'there is no terminal'],
  ['shutdown', 'there is no machine to stop'],
  ['reboot', 'there is no machine to start again'],
  ['halt', 'there is no machine to stop'],
  ['poweroff', 'there is no machine to stop'],
  ['service', 'no service outlives the RUN that started it'],
  ['systemctl', 'there is no systemd during a build'],
  ['initctl', 'there is no init during a build'],
  ['ps', 'only the processes of this RUN are there'],
  ['free', 'it shows the build machine'],
  ['top', 'there is no terminal'],
  ['htop', 'there is no terminal'],
  ['kill', 'only the processes of this RUN are there'],
  ['mount', 'a build may not mount, and what is mounted does not stay'],
  ['umount', 'a build may not unmount'],
  ['ifconfig', 'network settings do not stay'],
  ['iptables', 'network settings do not stay'],
  ['sysctl', 'kernel settings belong to the host and do not stay'],
  ['modprobe', 'kernel modules belong to the host'],
])

export default dockerfileRule({
  on: 'dockerfile',
  severity: 'info',
  since: '0.1.0',
  profile: 'default',
  summary: 'A command makes no sense during a build',
  why: 'Services, mounts, kernel and network settings do not outlive the RUN that made them: a firewall or a service that a reader believes to be there is not. What really needs them asks for --privileged later, and that opens the host.',
  examples: [
    {
      bad: 'FROM debian:12\nRUN service nginx start\nUSER app\n',
      good: 'FROM debian:12\nUSER app\nCMD ["nginx", "-g", "daemon off;"]\n',
      byHand: true,
    },
  ],
  replaces: ['DL3001', 'run_utilities_and_posix_commands', 'nonsensical-command'],
  fixes: 'manual',
  *check(dockerfile) {
    for (const { command, script, step } of runCommands(dockerfile, ...pointless.keys())) {
      const { nameWord, name, operands } = command
      if (!nameWord || command.options.some(option => option.name === '--version' || option.name === '--help')) continue
      // `systemctl enable` only writes links; a service that is used in the same RUN (a database to fill) has its sense there.
      if (
        name === 'systemctl' &&
        /^(?:enable|disable|mask|unmask|set-default|preset|preset-all|add-wants|link|daemon-reload)$/.test(
          operands[0]?.text ?? '',
        )
      )
        continue
      if ((name === 'service' || name === 'kill') && script.commands.filter(other => other.statement >= 0).length > 1) continue
      // RUN --security=insecure may mount.
      if (name === 'mount' && step.instruction.flags.some(flag => flag.name === 'security')) continue
      // `ssh -V`, `ssh host` with `RUN --mount=type=ssh` is meant.
      if (name === 'ssh' && step.instruction.flags.some(flag => flag.fields.some(field => field.value === 'ssh'))) continue
      yield {
        at: nameWord.span,
        message: `\`${name}\` makes no sense in a build: ${pointless.get(name)}`,
        fix: { title: 'Do it when the container starts, or not at all', safety: 'manual', edits: [] },
      }
    }
  },
})
