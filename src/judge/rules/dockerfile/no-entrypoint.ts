import { shippedStages } from '../../dockerfile-queries.ts'
import { dockerfileRule } from '../../dockerfile-rule.ts'

export default dockerfileRule({
  on: 'dockerfile',
  severity: 'info',
  since: '0.1.0',
  profile: 'all',
  summary: 'The image does not say what it starts',
  why: 'Without CMD or ENTRYPOINT the container starts what the base image starts, often a shell, and everyone who runs it types a command of their own: with other users, other flags, other paths than were tested.',
  examples: [{ bad: 'FROM node:22\nUSER node\n', good: 'FROM node:22\nUSER node\nCMD ["node", "server.js"]\n', byHand: true }],
  fixes: 'manual',
  *check(dockerfile) {
    const stage = dockerfile.final
    if (
      !stage ||
      shippedStages(dockerfile).some(({ steps }) =>
        steps.some(({ instruction }) => instruction.name === 'CMD' || instruction.name === 'ENTRYPOINT'),
      )
    )
      return
    yield {
      at: stage.baseWord?.span ?? stage.from.instruction.headSpan,
      message: 'neither CMD nor ENTRYPOINT is set: what starts is up to the base image',
      fix: { title: 'Add CMD or ENTRYPOINT in their JSON form', safety: 'manual', edits: [] },
    }
  },
})
