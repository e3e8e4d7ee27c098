import { expandWord } from '../../../read/dockerfile/read-dockerfile.ts'
import { fixBy, replaceAt, stepsNamed } from '../../dockerfile-queries.ts'
import { dockerfileRule } from '../../dockerfile-rule.ts'

/** Linux' signals on x86 and ARM: signal(7). */
const signals = [
  'HUP',
  'INT',
  'QUIT',
  'ILL',
  'TRAP',
  'ABRT',
  'BUS',
  'FPE',
  'KILL',
  'USR1',
  'SEGV',
  'USR2',
  'PIPE',
  'ALRM',
  'TERM',
  'STKFLT',
  'CHLD',
  'CONT',
  'STOP',
  'TSTP',
  'TTIN',
  'TTOU',
  'URG',
  'XCPU',
  'XFSZ',
  'VTALRM',
  'PROF',
  'WINCH',
  'IO',
  'PWR',
  'SYS',
]
const aliases = new Set(['IOT', 'CLD', 'POLL', 'UNUSED', 'EMT', 'LOST', 'INFO'])

export default dockerfileRule({
  on: 'dockerfile',
  severity: 'medium',
  since: '0.1.0',
  profile: 'default',
  summary: 'STOPSIGNAL names a signal that does not end the program in order',
  why: 'SIGKILL and SIGSTOP cannot be handled: the program loses what it had in memory, open files stay half written, locks stay locked. A name that does not exist makes every stop wait for the time-out and then kill.',
  examples: [
    {
      bad: 'FROM debian:12\nSTOPSIGNAL SIGKILL\nUSER app\n',
      good: 'FROM debian:12\nSTOPSIGNAL SIGTERM\nUSER app\n',
      byHand: true,
    },
    { bad: 'FROM debian:12\nSTOPSIGNAL 3\nUSER app\n', good: 'FROM debian:12\nSTOPSIGNAL SIGQUIT\nUSER app\n' },
    { bad: 'FROM debian:12\nSTOPSIGNAL SIGTREM\n', good: 'FROM debian:12\nSTOPSIGNAL SIGRTMIN+3\n', byHand: true },
  ],
  links: ['https://docs.docker.com/reference/dockerfile/#stopsignal'],
  fixes: 'safe',
  *check(dockerfile) {
    for (const step of stepsNamed(dockerfile, 'STOPSIGNAL')) {
      const at = step.instruction.argumentSpan
      const raw = step.instruction.argument.text
      const { value, known } = expandWord({ raw, span: at }, step.before.variables, dockerfile.tree.escape)
      if (!known || value === '') continue
      const manual = {
        title: 'Use SIGTERM, or the signal on which the program ends in order',
        safety: 'manual' as const,
        edits: [],
      }
      const number = /^\d+$/.test(value) ? Number(value) : undefined
      const name = number === undefined ? value.toUpperCase().replace(/^SIG/, '') : signals[number - 1]
      if (name === 'KILL' || name === 'STOP')
        yield { at, message: `\`${raw}\` cannot be handled: the program is cut off`, fix: manual }
      else if (
        name === undefined
          ? !(number! >= 34 && number! <= 64)
          : !signals.includes(name) && !aliases.has(name) && !/^RTM(?:IN(?:\+\d+)?|AX(?:-\d+)?)$/.test(name)
      ) {
        yield { at, severity: 'high', message: `\`${raw}\` is no signal: the build stops`, fix: manual }
      } else if (name !== undefined && signals.includes(name) && value !== `SIG${name}` && !raw.includes('$')) {
        yield {
          at,
          severity: 'info',
          message: `\`${raw}\` is better written \`SIG${name}\``,
          fix: fixBy('safe', `Write SIG${name}`, replaceAt(dockerfile, at, `SIG${name}`)),
        }
      }
    }
  },
})
