import { lex } from '../../../read/dockerfile/lex.ts'
import { fixBy, replaceAt, stepsNamed } from '../../dockerfile-queries.ts'
import { dockerfileRule } from '../../dockerfile-rule.ts'

export default dockerfileRule({
  on: 'dockerfile',
  severity: 'info',
  since: '0.1.0',
  profile: 'default',
  weighs: 'everywhere',
  summary: 'ENV or LABEL is written with a blank instead of =',
  why: 'In the old form everything to the end of the line is the value: `ENV A 1 B 2` sets only A. A setting that was to protect, such as a flag for safe mode, then simply does not exist. BuildKit will drop the form.',
  examples: [
    { bad: 'FROM alpine:3.20\nENV DIR /srv\nUSER nobody\n', good: 'FROM alpine:3.20\nENV DIR=/srv\nUSER nobody\n' },
    {
      bad: 'FROM alpine:3.20\nENV OPTS -a -b $DIR\nUSER nobody\n',
      good: 'FROM alpine:3.20\nENV OPTS="-a -b $DIR"\nUSER nobody\n',
    },
    { bad: 'FROM alpine:3.20\nLABEL note it is "fine"\n', good: 'FROM alpine:3.20\nLABEL note=it\\ is\\ "fine"\n', byHand: true },
  ],
  replaces: ['LegacyKeyValueFormat'],
  links: ['https://docs.docker.com/reference/build-checks/legacy-key-value-format/'],
  fixes: 'safe',
  *check(dockerfile) {
    for (const step of stepsNamed(dockerfile, 'ENV', 'LABEL')) {
      const [pair] = step.instruction.pairs
      if (!pair?.legacy || !pair.value) continue
      const { value } = pair
      const written = quoted(value.raw, dockerfile.tree.escape)
      const oneLine = value.span.end - value.span.start === value.raw.length && value.span.start > pair.keySpan.end
      yield {
        at: { start: step.instruction.keyword.span.start, end: pair.keySpan.end },
        message: `\`${step.instruction.keyword.raw} ${pair.key} …\` is the old form without \`=\``,
        fix:
          written !== undefined && oneLine
            ? fixBy(
                'safe',
                `Write ${pair.key}=…`,
                replaceAt(dockerfile, { start: pair.keySpan.end, end: value.span.end }, `=${written}`),
              )
            : { title: `Write ${pair.key}="…"`, safety: 'manual', edits: [] },
      }
    }
  },
})

/** The value as the new form needs it, with the same meaning; undefined where quotes or escapes make that uncertain. */
const quoted = (raw: string, escape: string): string | undefined => {
  const { parts, error } = lex(raw, escape)
  if (error || raw.includes(escape)) return undefined
  const single = !/\s/.test(raw)
  if (single) return raw
  // In the old form blanks outside of quotes belong to the value as they are.
  const wholeQuoted = parts.length === 1 && parts[0]!.kind === 'text' && parts[0]!.quoted
  if (wholeQuoted) return raw
  return /["']/.test(raw) ? undefined : `"${raw}"`
}
