import type { Span } from '../../../model/text.ts'
import { fixBy, flagNamed, replaceAt, runCommands, stepsNamed } from '../../dockerfile-queries.ts'
import { dockerfileRule } from '../../dockerfile-rule.ts'

export default dockerfileRule({
  on: 'dockerfile',
  severity: 'medium',
  since: '0.1.0',
  profile: 'default',
  summary: 'Files are made writable for everyone',
  why: 'With mode 777 any process in the container, however little it may do otherwise, can replace the program, its libraries or its start script. An attacker with one small foothold plants code there, and it runs with the rights of whoever starts it next: after a restart, perhaps root.',
  examples: [
    { bad: 'FROM debian:12\nRUN chmod 777 /app\nUSER app\n', good: 'FROM debian:12\nRUN chmod 755 /app\nUSER app\n' },
    {
      bad: 'FROM debian:12\nCOPY --chmod=0777 run.sh /\nUSER app\n',
      good: 'FROM debian:12\nCOPY --chmod=0755 run.sh /\nUSER app\n',
    },
    { bad: 'FROM debian:12\nRUN chmod -R a+w /srv\nUSER app\n', good: 'FROM debian:12\nRUN chmod -R g=u /srv\nUSER app\n' },
    {
      bad: 'FROM debian:12\nRUN install -d -m 0777 /srv\nUSER app\n',
      good: 'FROM debian:12\nRUN install -d -m 1777 /srv\nUSER app\n',
      byHand: true,
    },
  ],
  replaces: ['avoid_chmod_777'],
  fixes: 'unsafe',
  *check(dockerfile) {
    const octalFix = (span: Span, mode: string): ReturnType<typeof fixBy> => {
      const better = withoutOthers(mode)
      return fixBy(
        'unsafe',
        `Use ${better}; whoever has to write must then own the files or be in their group`,
        replaceAt(dockerfile, span, better),
      )
    }
    for (const step of stepsNamed(dockerfile, 'COPY', 'ADD')) {
      const flag = flagNamed(step, 'chmod')
      if (flag?.value === undefined || !flag.valueSpan) continue
      if (isOpenOctal(flag.value)) {
        yield {
          at: flag.span,
          message: `\`--chmod=${flag.value}\` lets everyone write`,
          fix: octalFix(flag.valueSpan, flag.value),
        }
      } else if (isOpenSymbolic(flag.value)) yield { at: flag.span, message: `\`--chmod=${flag.value}\` lets everyone write` }
    }
    for (const { command } of runCommands(dockerfile, 'chmod', 'mkdir', 'install')) {
      // chmod's mode is its first operand: `chmod -R 777 x`. The others have an option for it.
      const option = command.options.find(({ name }) => name === '-m' || name === '--mode')
      const word = command.name === 'chmod' ? command.operands[0] : undefined
      const mode = word?.text ?? (command.name === 'chmod' ? undefined : option?.value)
      if (mode === undefined) continue
      // /tmp and the like are meant for everyone, and the sticky bit (1777) protects them.
      if (isOpenOctal(mode)) {
        const at = word?.span ?? option!.span
        yield {
          at,
          message: `mode \`${mode}\` lets everyone write`,
          ...(word?.literal && !word.quoted ? { fix: octalFix(word.span, mode) } : {}),
        }
      } else if (isOpenSymbolic(mode)) {
        const at = word?.span ?? option!.span
        yield {
          at,
          message: `mode \`${mode}\` lets everyone write`,
          ...(word?.literal && !word.quoted && /^(?:a|ugo)?\+(?:w|rw|wr)$/.test(mode)
            ? {
                fix: fixBy(
                  'unsafe',
                  'Use g=u: the group may then do what the owner may, and others may not',
                  replaceAt(dockerfile, word.span, 'g=u'),
                ),
              }
            : {}),
        }
      }
    }
  },
})

/** Octal modes that let others write, without the sticky bit: 777, 0666, 2777. */
const isOpenOctal = (mode: string): boolean =>
  /^[0-7]{3,5}$/.test(mode) && (Number.parseInt(mode, 8) & 0o2) !== 0 && (Number.parseInt(mode, 8) & 0o1000) === 0

/** 777 → 755, 0666 → 0644: nobody but the owner writes. */
const withoutOthers = (mode: string): string => (Number.parseInt(mode, 8) & ~0o22).toString(8).padStart(mode.length, '0')

/** `a+w`, `o=rwx`, `+w` says nothing about others (the umask decides), `o-w` takes away. A `+t` beside it protects. */
const isOpenSymbolic = (mode: string): boolean =>
  !/[+=][rwxXs]*t/.test(mode) &&
  mode.split(',').some(clause => {
    const match = /^([ugoa]*)([-+=])([rwxXst]*)$/.exec(clause)
    return match !== null && /[oa]/.test(match[1]!) && match[2] !== '-' && match[3]!.includes('w')
  })
