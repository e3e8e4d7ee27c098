import { stepsNamed } from '../../dockerfile-queries.ts'
import { dockerfileRule } from '../../dockerfile-rule.ts'

export default dockerfileRule({
  on: 'dockerfile',
  severity: 'info',
  since: '0.1.0',
  profile: 'all',
  weighs: 'everywhere',
  summary: 'A label has a name that is reserved or not well formed',
  why: 'Names under com.docker, io.docker and org.dockerproject belong to Docker; tools may act on them. Others should be a domain of yours turned around, in small letters, so that inventories and admission rules that read labels find them.',
  examples: [
    {
      bad: 'FROM alpine:3.20\nLABEL com.docker.team=a\nUSER nobody\n',
      good: 'FROM alpine:3.20\nLABEL org.example.team=a version=1\nUSER nobody\n',
      byHand: true,
    },
    { bad: 'FROM alpine:3.20\nLABEL My..Label=a\n', good: 'FROM alpine:3.20\nLABEL my.label=a\n', byHand: true },
  ],
  replaces: ['DL3048'],
  links: ['https://docs.docker.com/engine/manage-resources/labels/#key-format-recommendations'],
  fixes: 'manual',
  *check(dockerfile) {
    for (const step of stepsNamed(dockerfile, 'LABEL')) {
      for (const { key, keySpan } of step.instruction.pairs) {
        if (key === '' || key.includes('$')) continue
        const fix = {
          title: 'Use a domain of yours turned around, in small letters: org.example.name',
          safety: 'manual' as const,
          edits: [],
        }
        // Docker's own desktop extensions are described by labels of these names.
        if (
          /^(?:com\.docker|io\.docker|org\.dockerproject)\./.test(key) &&
          !/^com\.docker\.(?:extension|desktop|official)/.test(key)
        )
          yield { at: keySpan, message: `\`${key}\` belongs to Docker`, fix }
        else if (!/^[a-z0-9](?:[a-z0-9.\-_/]*[a-z0-9])?$/.test(key) || /[.-]{2}/.test(key))
          yield { at: keySpan, message: `\`${key}\` is not a well-formed label name`, fix }
      }
    }
  },
})
