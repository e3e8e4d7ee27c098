import { stepsNamed } from '../../dockerfile-queries.ts'
import { dockerfileRule } from '../../dockerfile-rule.ts'

export default dockerfileRule({
  on: 'dockerfile',
  severity: 'low',
  since: '0.1.0',
  profile: 'default',
  weighs: 'content',
  summary: 'COPY writes into a folder that the base image decides',
  why: 'Without a WORKDIR in the file, a relative target of COPY or ADD starts at the WORKDIR of the base image, often /. Files then lie in the root of the image, or after an update of the base somewhere else, where other users may write.',
  examples: [
    {
      bad: 'FROM node:22\nCOPY package.json .\nUSER node\n',
      good: 'FROM node:22\nWORKDIR /app\nCOPY package.json .\nUSER node\n',
      byHand: true,
    },
  ],
  replaces: ['DL3045'],
  links: ['https://docs.docker.com/reference/dockerfile/#copy'],
  fixes: 'manual',
  *check(dockerfile) {
    for (const step of stepsNamed(dockerfile, 'COPY', 'ADD')) {
      if (step.onbuild || step.before.workdir.value !== undefined || step.stage?.root.kind === 'scratch') continue
      const target = step.instruction.words.at(-1)
      const path = target?.raw.replace(/^["']|["']$/g, '') ?? ''
      if (!target || path === '' || /^(?:[/\\$]|[a-zA-Z]:)/.test(path)) continue
      yield {
        at: target.span,
        message: `\`${path}\` starts at whatever WORKDIR the base image has`,
        fix: { title: 'Set WORKDIR before it, or write the whole path', safety: 'manual', edits: [] },
      }
    }
  },
})
