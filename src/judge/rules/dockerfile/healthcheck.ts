import { shippedStages } from '../../dockerfile-queries.ts'
import { dockerfileRule } from '../../dockerfile-rule.ts'

export default dockerfileRule({
  on: 'dockerfile',
  severity: 'info',
  since: '0.1.0',
  profile: 'all',
  summary: 'The image has no HEALTHCHECK',
  why: 'Docker and Swarm then only see whether the process is there, not whether it answers: a service that hangs after an attack or a full disk counts as healthy. Kubernetes has probes of its own and ignores HEALTHCHECK.',
  examples: [
    {
      bad: 'FROM nginx:1.27\nUSER nginx\nCMD ["nginx"]\n',
      good: 'FROM nginx:1.27\nUSER nginx\nHEALTHCHECK CMD ["curl", "-f", "http://localhost/"]\nCMD ["nginx"]\n',
      byHand: true,
    },
    { bad: 'FROM node:22\nCMD ["node", "a.js"]\n', good: 'FROM node:22\nHEALTHCHECK NONE\nCMD ["node", "a.js"]\n', byHand: true },
  ],
  replaces: ['DL3057', 'DS-0026', 'CKV_DOCKER_2', 'healthcheck_instruction_missing', 'CIS-DI-0006'],
  links: ['https://docs.docker.com/reference/dockerfile/#healthcheck'],
  fixes: 'manual',
  *check(dockerfile) {
    const stage = dockerfile.final
    if (!stage || stage.root.kind === 'unknown') return
    const names = shippedStages(dockerfile).flatMap(({ steps }) => steps.map(({ instruction }) => instruction.name))
    // NONE is a decision too. An image that starts nothing is a base or a tool; functions are watched by their platform.
    if (names.includes('HEALTHCHECK') || !(names.includes('CMD') || names.includes('ENTRYPOINT'))) return
    if (stage.root.kind === 'image' && /lambda|functions|cloudrun|openwhisk/.test(stage.root.reference.repository)) return
    yield {
      at: stage.baseWord?.span ?? stage.from.instruction.headSpan,
      message: 'no HEALTHCHECK: a process that hangs counts as healthy',
      fix: {
        title: 'Add a HEALTHCHECK that asks the service itself, or HEALTHCHECK NONE where something else watches it',
        safety: 'manual',
        edits: [],
      },
    }
  },
})
