import { dockerfileRule } from '../../dockerfile-rule.ts'

export default dockerfileRule({
  on: 'dockerfile',
  severity: 'high',
  since: '0.1.0',
  profile: 'default',
  weighs: 'everywhere',
  summary: 'The file does not begin with FROM',
  why: 'Only ARG may stand before the first FROM. Everything else there has no stage that it could belong to: the build stops with an error, or the line that was meant to protect the image, a USER say, is simply not part of it.',
  examples: [
    {
      bad: 'RUN echo hello\nFROM alpine:3.20\nUSER nobody\n',
      good: 'ARG X=1\nFROM alpine:3.20\nRUN echo hello\nUSER nobody\n',
      byHand: true,
    },
    { bad: '# nothing but comments\nARG X=1\n', good: 'FROM scratch\n', byHand: true },
  ],
  replaces: ['DL3061', 'first_instruction_should_be_arg_or_from', 'should_specify_base_image'],
  links: ['https://docs.docker.com/reference/dockerfile/#from'],
  fixes: 'manual',
  *check(dockerfile) {
    const fix = { title: 'Begin with FROM; only ARG may stand before it', safety: 'manual' as const, edits: [] }
    for (const { instruction, onbuild } of dockerfile.preamble) {
      if (instruction.name === 'ARG' || onbuild) continue
      yield { at: instruction.headSpan, message: `\`${instruction.name}\` stands before the first FROM`, fix }
      return
    }
    if (dockerfile.stages.length === 0)
      yield { at: { start: 0, end: 0 }, message: 'there is no FROM, so there is nothing to build', fix }
    for (const stage of dockerfile.stages) {
      if (!stage.baseWord)
        yield {
          at: stage.from.instruction.headSpan,
          message: 'FROM names no base image',
          fix: { ...fix, title: 'Name the image' },
        }
    }
  },
})
