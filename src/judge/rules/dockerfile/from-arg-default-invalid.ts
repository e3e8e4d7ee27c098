import { expand } from '../../../read/dockerfile/expand.ts'
import { lex, variablesOf } from '../../../read/dockerfile/lex.ts'
import { parseReference } from '../../../read/dockerfile/reference.ts'
import { platformArguments } from '../../../read/dockerfile/variables.ts'
import { dockerfileRule } from '../../dockerfile-rule.ts'

export default dockerfileRule({
  on: 'dockerfile',
  severity: 'low',
  since: '0.1.0',
  profile: 'default',
  weighs: 'everywhere',
  summary: 'The defaults of the ARGs give no valid base image',
  why: 'Whoever builds without --build-arg gets an error that speaks about an empty or broken image name. People then pass whatever makes it work, often an old or unpinned tag. A default that is a tested, pinned version makes the plain build the right one.',
  examples: [
    {
      bad: 'ARG VERSION\nFROM busybox:$VERSION\nUSER 1000\n',
      good: 'ARG VERSION=1.36.1\nFROM busybox:$VERSION\nUSER 1000\n',
      byHand: true,
    },
    { bad: 'ARG BASE\nFROM ${BASE}\nUSER 1000\n', good: 'ARG VARIANT\nFROM busybox:stable${VARIANT}\nUSER 1000\n', byHand: true },
  ],
  replaces: ['InvalidDefaultArgInFrom'],
  links: ['https://docs.docker.com/reference/build-checks/invalid-default-arg-in-from/'],
  fixes: 'manual',
  *check(dockerfile) {
    for (const { from, baseWord } of dockerfile.stages) {
      if (!baseWord) continue
      const variables = [...variablesOf(lex(baseWord.raw, dockerfile.tree.escape).parts)]
      // What is not declared at all is another rule's; what the builder fills in by itself cannot be judged here.
      if (variables.length === 0 || variables.some(({ name }) => platformArguments.has(name) || !from.before.variables.get(name)))
        continue
      const { value, error } = expand(baseWord.raw, dockerfile.tree.escape, name => from.before.variables.get(name)?.value ?? '')
      if (error === undefined && (parseReference(value) || dockerfile.stages.some(stage => stage.name === value.toLowerCase())))
        continue
      const missing = [...new Set(variables.map(({ name }) => name))].filter(name => !from.before.variables.get(name)?.value)
      yield {
        at: baseWord.span,
        message: `without --build-arg the base image is \`${value}\`, which is not a valid name`,
        fix: {
          title: `Give ${missing.map(name => `ARG ${name}`).join(', ') || 'the ARGs'} a default`,
          safety: 'manual',
          edits: [],
        },
      }
    }
  },
})
