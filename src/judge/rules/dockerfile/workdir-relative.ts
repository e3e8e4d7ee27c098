import { stepsNamed } from '../../dockerfile-queries.ts'
import { dockerfileRule } from '../../dockerfile-rule.ts'

export default dockerfileRule({
  on: 'dockerfile',
  severity: 'medium',
  since: '0.1.0',
  profile: 'default',
  weighs: 'content',
  summary: 'WORKDIR is relative to a folder that the base image decides',
  why: 'Where `WORKDIR app` leads depends on the WORKDIR of the base image. After an update of the base the same file puts code into another folder, perhaps one that a server publishes or where other rights hold, and nobody notices.',
  examples: [
    {
      bad: 'FROM nginx:1.27\nWORKDIR html\nUSER nginx\n',
      good: 'FROM nginx:1.27\nWORKDIR /usr/share/nginx/html\nWORKDIR sub\nUSER nginx\n',
      byHand: true,
    },
  ],
  replaces: ['DL3000', 'WorkdirRelativePath', 'DS-0009', 'CKV_DOCKER_10', 'workdir_path_not_absolute'],
  links: ['https://docs.docker.com/reference/build-checks/workdir-relative-path/'],
  fixes: 'manual',
  *check(dockerfile) {
    for (const step of stepsNamed(dockerfile, 'WORKDIR')) {
      const after = step.after.workdir
      if (step.onbuild || after.at !== step.instruction || !after.value || after.value.absolute) continue
      // Only the first of a stage: what follows stands on it.
      if (step.before.workdir.value !== undefined) continue
      // scratch has no WORKDIR of its own: the path starts at /.
      if (step.stage?.root.kind === 'scratch') continue
      yield {
        at: step.instruction.argumentSpan,
        message: `\`${step.instruction.argument.text}\` starts at whatever WORKDIR the base image has`,
        fix: { title: 'Write the whole path, beginning with /', safety: 'manual', edits: [] },
      }
    }
  },
})
