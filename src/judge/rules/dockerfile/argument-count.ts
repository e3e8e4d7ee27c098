import type { Instruction } from '../../../read/dockerfile/syntax.ts'
import { dockerfileRule } from '../../dockerfile-rule.ts'

export default dockerfileRule({
  on: 'dockerfile',
  severity: 'high',
  since: '0.1.0',
  profile: 'default',
  weighs: 'everywhere',
  summary: 'An instruction has too few or too many words',
  why: 'The build stops here, so nothing ships, also no security fix. `FROM image name` without AS is the usual slip; an empty USER or RUN is what is left when somebody deleted half a line.',
  examples: [
    { bad: 'FROM alpine:3.20 build\nUSER nobody\n', good: 'FROM alpine:3.20 AS build\nUSER nobody\n', byHand: true },
    { bad: 'FROM alpine:3.20\nCOPY a\nUSER nobody\n', good: 'FROM alpine:3.20\nCOPY a b\nUSER nobody\n', byHand: true },
    { bad: 'FROM alpine:3.20\nSHELL /bin/bash\n', good: 'FROM alpine:3.20\nSHELL ["/bin/bash", "-c"]\n', byHand: true },
    {
      bad: 'FROM alpine:3.20\nHEALTHCHECK curl localhost\n',
      good: 'FROM alpine:3.20\nHEALTHCHECK CMD curl localhost\n',
      byHand: true,
    },
  ],
  links: ['https://docs.docker.com/reference/dockerfile/'],
  fixes: 'manual',
  *check(dockerfile) {
    for (const { instruction } of dockerfile.steps) {
      const message = fault(instruction)
      if (message !== undefined)
        yield { at: instruction.headSpan, message, fix: { title: 'Complete the line', safety: 'manual', edits: [] } }
    }
  },
})

const needArgument = new Set([
  'RUN',
  'USER',
  'WORKDIR',
  'EXPOSE',
  'ENV',
  'LABEL',
  'ARG',
  'STOPSIGNAL',
  'MAINTAINER',
  'ENTRYPOINT',
  'CMD',
  'SHELL',
  'VOLUME',
  'HEALTHCHECK',
  'ONBUILD',
])

const fault = (instruction: Instruction): string | undefined => {
  const { name, argument, json, heredocs, nested } = instruction
  if (name === 'FROM') {
    const { words } = instruction
    const [, as, stage] = words
    if (words.length === 2) return `FROM takes an image, or an image AS a name: \`${as!.raw}\` is one word too many`
    if (words.length > 3) return 'FROM takes an image, or an image AS a name'
    if (as && as.raw.toLowerCase() !== 'as') return `\`${as.raw}\` should be AS`
    if (stage && !/^[a-z][a-z0-9._-]*$/i.test(stage.raw))
      return `\`${stage.raw}\` is not a stage name: letters, digits, dots, dashes and underscores, with a letter first`
    return undefined
  }
  if (name === 'COPY' || name === 'ADD') {
    if (heredocs.length === 0 && instruction.words.length < 2) return `${name} takes at least a source and a target`
    return undefined
  }
  // `CMD []` resets what the base image says, `ENTRYPOINT []` too.
  if (argument.text === '' && needArgument.has(name)) return `${name} needs an argument`
  if (name === 'SHELL' && !json) return 'SHELL takes the JSON form only: ["/bin/bash", "-c"]'
  if (name === 'HEALTHCHECK') {
    const { words } = instruction
    const type = words[0]?.raw.toUpperCase()
    if (type !== 'CMD' && type !== 'NONE') return 'HEALTHCHECK takes CMD and a command, or NONE'
    if (type === 'NONE' && words.length > 1) return 'HEALTHCHECK NONE takes nothing more'
    if (type === 'CMD' && nested?.argument.text === '') return 'HEALTHCHECK CMD needs a command'
  }
  return undefined
}
