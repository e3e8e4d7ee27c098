import type { Stage, Step } from '../../../read/dockerfile/graph.ts'
import { lineage } from '../../dockerfile-queries.ts'
import { dockerfileRule } from '../../dockerfile-rule.ts'

export default dockerfileRule({
  on: 'dockerfile',
  severity: 'high',
  since: '0.1.0',
  profile: 'default',
  weighs: 'everywhere',
  summary: 'A shell command is to run in an image that has no shell',
  why: 'An image FROM scratch holds nothing but what was copied into it. RUN in its shell form, and CMD or ENTRYPOINT in theirs, need /bin/sh: the build stops, or the container never starts. The quick way out, a whole distribution as base, brings back all the tools of an attacker.',
  examples: [
    { bad: 'FROM scratch\nRUN mkdir /data\nUSER 1000\n', good: 'FROM scratch\nWORKDIR /data\nUSER 1000\n', byHand: true },
    {
      bad: 'FROM scratch\nCOPY app /app\nUSER 1000\nCMD /app\n',
      good: 'FROM scratch\nCOPY app /app\nUSER 1000\nCMD ["/app"]\n',
      byHand: true,
    },
    { bad: 'FROM scratch\nCOPY app /app\nRUN x\n', good: 'FROM scratch\nADD rootfs.tar.xz /\nRUN x\n', byHand: true },
  ],
  fixes: 'manual',
  *check(dockerfile) {
    for (const stage of dockerfile.stages) {
      if (stage.root.kind !== 'scratch') continue
      for (const step of stage.steps) {
        const { name, json, argument, headSpan } = step.instruction
        if (step.onbuild || json || argument.text === '' || (name !== 'RUN' && name !== 'CMD' && name !== 'ENTRYPOINT')) continue
        if (step.before.shell.at !== undefined || mayHaveShell(stage, step)) continue
        // What runs in a mounted tool brings its shell along: RUN --mount=from=busybox.
        if (step.instruction.flags.some(flag => flag.name === 'mount' && flag.fields.some(({ key }) => key === 'from'))) continue
        yield {
          at: headSpan,
          message: `\`${name}\` in its shell form needs /bin/sh, and nothing brought one into this image`,
          fix: {
            title: name === 'RUN' ? 'Do it in a builder stage and copy the result' : `Write it as JSON: ${name} ["/app"]`,
            safety: 'manual',
            edits: [],
          },
        }
      }
    }
  },
})

/** A tree or an archive copied in before may hold a shell; so may a folder whose content nobody here knows. */
const mayHaveShell = (stage: Stage, until: Step): boolean =>
  lineage(stage).some(({ instruction }) => {
    if (instruction.span.start >= until.instruction.span.start || (instruction.name !== 'COPY' && instruction.name !== 'ADD'))
      return false
    const [target = '', ...sources] = instruction.words.map(({ raw }) => raw.replace(/^["']|["']$/g, '')).reverse()
    const tree = /(?:^|\/)\.{0,2}\/?$|\/$|\*|root|fs$|\$|\.(?:tar|tgz|txz|tbz2?|zst|gz|xz)(?:\.|$)/
    return (
      sources.some(source => tree.test(source) || /(?:^|\/)(?:sh|bash|busybox|ash|dash)$/.test(source)) ||
      /^\/?(?:usr\/)?bin\/?$|\/sh$/.test(target) ||
      target.includes('$')
    )
  })
