import { nearest } from '../../../model/nearest.ts'
import { dockerfileRule } from '../../dockerfile-rule.ts'

export default dockerfileRule({
  on: 'dockerfile',
  severity: 'medium',
  since: '0.1.0',
  profile: 'default',
  weighs: 'everywhere',
  summary: 'COPY or a mount takes files from something that is not in this file',
  why: 'A name that is no stage means an image on Docker Hub. A mistyped stage name therefore downloads from a stranger: whoever registers that name decides what is copied into your image. A number without a stage stops the build.',
  examples: [
    {
      bad: 'FROM golang:1.23 AS builder\nFROM scratch\nCOPY --from=bulder /app /app\nUSER 1000\n',
      good: 'FROM golang:1.23 AS builder\nFROM scratch\nCOPY --from=builder /app /app\nUSER 1000\n',
      byHand: true,
    },
    {
      bad: 'FROM scratch\nCOPY --from=3 /app /app\nUSER 1000\n',
      good: 'FROM scratch\nCOPY --from=nginx:1.27 /app /app\nUSER 1000\n',
      byHand: true,
    },
  ],
  replaces: ['DL3022', 'using_unnamed_build_stages'],
  links: ['https://docs.docker.com/reference/dockerfile/#copy---from'],
  fixes: 'manual',
  *check(dockerfile) {
    const names = dockerfile.stages.flatMap(({ name }) => (name === undefined ? [] : [name]))
    for (const stage of dockerfile.stages) {
      for (const { how, target, span } of stage.uses) {
        if (how === 'from') continue
        const written = dockerfile.tree.text.slice(span.start, span.end)
        if (target.kind === 'unknown') {
          // A variable may mean anything; a number must be a stage.
          if (/^\d+$/.test(written)) {
            yield {
              at: span,
              severity: 'high',
              message: `there is no stage ${written}: this file has ${dockerfile.stages.length}, counted from 0`,
              fix: { title: 'Name the stage', safety: 'manual', edits: [] },
            }
          }
          continue
        }
        if (target.kind !== 'image') continue
        const { reference } = target
        // With a tag, a digest, a registry or a path it is clearly an image; a bare name may be a named context (--build-context).
        if (
          reference.tag !== undefined ||
          reference.digest !== undefined ||
          reference.registry !== 'docker.io' ||
          !reference.repository.startsWith('library/')
        )
          continue
        const meant = nearest(reference.familiar, names)
        if (meant === undefined) continue
        yield {
          at: span,
          message: `\`${written}\` is no stage of this file, so it means an image on Docker Hub; did you mean \`${meant}\`?`,
          fix: { title: `Write ${meant}, or the full name of the image`, safety: 'manual', edits: [] },
        }
      }
    }
  },
})
