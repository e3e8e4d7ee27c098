import { pipelineOf } from '../../../read/shell/queries.ts'
import type { Command, Script } from '../../../read/shell/script.ts'
import { runCommands } from '../../dockerfile-queries.ts'
import { dockerfileRule } from '../../dockerfile-rule.ts'

const downloaders = new Set(['curl', 'wget', 'fetch', 'aria2c', 'http'])
const interpreters = /^(?:sh|bash|dash|ash|zsh|ksh|python(?:\d(?:\.\d+)?)?|perl|ruby|node|php|pwsh|osascript|tclsh)$/

export default dockerfileRule({
  on: 'dockerfile',
  severity: 'high',
  since: '0.1.0',
  profile: 'default',
  weighs: 'content',
  summary: 'What is downloaded is run at once, and nobody checks it',
  why: 'Whoever controls the server today, bought its domain, or broke into it runs code in your build, as root, with everything that the build has. Nothing is kept that could be compared afterwards. Download to a file, compare its checksum or signature, then run it.',
  examples: [
    {
      bad: 'FROM debian:12\nRUN curl -fsSL https://example.org/install.sh | sh\nUSER app\n',
      good: 'FROM debian:12\nRUN curl -fsSLo i.sh https://example.org/install.sh && echo "24454f8  i.sh" | sha256sum -c - && sh i.sh\nUSER app\n',
      byHand: true,
    },
    {
      bad: 'FROM debian:12\nRUN bash -c "$(wget -qO- https://example.org/x)"\n',
      good: 'FROM debian:12\nRUN curl https://example.org/a.tgz | tar xz\n',
      byHand: true,
    },
    {
      bad: 'FROM debian:12\nRUN bash <(curl -s https://example.org/x)\n',
      good: 'FROM debian:12\nRUN curl -s https://example.org/x | jq .\n',
      byHand: true,
    },
  ],
  fixes: 'manual',
  *check(dockerfile) {
    const fix = {
      title: 'Download to a file, check its checksum (`sha256sum -c`) or signature, then run it; best install from a package',
      safety: 'manual' as const,
      edits: [],
    }
    const reported = new Set<Command>()
    for (const { command, script } of runCommands(dockerfile)) {
      if (!downloaders.has(command.name) || reported.has(command)) continue
      const parts = pipelineOf(script, command)
      const at = parts.indexOf(command)
      const runner = parts.slice(at + 1).find(part => isInterpreter(part, script))
      if (runner) {
        // A checksum tool or gpg in between reads the same stream: then something checks it.
        if (
          parts.slice(at + 1, parts.indexOf(runner)).some(part => /^(?:gpgv?|sha\d+sum|shasum|cosign|minisign)$/.test(part.name))
        )
          continue
        reported.add(command)
        yield {
          at: { start: command.span.start, end: runner.span.end },
          message: `\`${runner.name}\` runs whatever \`${command.name}\` brings`,
          fix,
        }
        continue
      }
      // `sh -c "$(curl …)"`, `eval "$(curl …)"`, `bash <(curl …)`: the download stands inside the words of the interpreter.
      if (!command.context.includes('substitution')) continue
      const outer = script.commands.find(
        other =>
          other !== command &&
          other.span.start < command.span.start &&
          command.span.end <= other.span.end &&
          (isInterpreter(other, script) || other.name === 'eval' || other.wrappers.some(({ name }) => name === 'eval')) &&
          other.context.length <= command.context.length,
      )
      if (outer && runsText(outer)) {
        reported.add(command)
        yield { at: outer.span, message: `\`${outer.name || 'eval'}\` runs whatever \`${command.name}\` brings`, fix }
      }
    }
  },
})

/** An interpreter that reads its program from standard input, or from a text: not one that is given a file. */
const isInterpreter = (command: Command, _script: Script): boolean => {
  if (!interpreters.test(command.name)) return false
  const [first] = command.operands
  // `bash -s -- args`, `python3 -`, `sh /dev/stdin`; with another operand it runs that file.
  return (
    first === undefined ||
    command.options.some(({ name }) => name === '-s' || name === '-c' || name === '-e') ||
    first.text === '-' ||
    first.text === '/dev/stdin' ||
    /^[<$]/.test(first.raw.replace(/^"/, ''))
  )
}

const runsText = (command: Command): boolean =>
  command.name === 'eval' ||
  command.wrappers.some(({ name }) => name === 'eval') ||
  command.options.some(({ name }) => name === '-c') ||
  command.operands.some(({ raw }) => raw.startsWith('<('))
