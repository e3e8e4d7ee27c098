import type { Stage } from '../../../read/dockerfile/graph.ts'
import { dockerfileRule } from '../../dockerfile-rule.ts'

export default dockerfileRule({
  on: 'dockerfile',
  severity: 'high',
  since: '0.1.0',
  profile: 'default',
  weighs: 'everywhere',
  summary: 'Stages need each other',
  why: 'A stage that takes files from a later one, which is in turn made from it, can never be built: BuildKit stops with a circular dependency. Nothing ships, also no security fix.',
  examples: [
    {
      bad: 'FROM alpine:3.20 AS a\nCOPY --from=b /x /x\nFROM alpine:3.20 AS b\nCOPY --from=a /x /x\n',
      good: 'FROM alpine:3.20 AS a\nRUN x\nFROM alpine:3.20 AS b\nCOPY --from=a /x /x\n',
      byHand: true,
    },
  ],
  fixes: 'manual',
  *check(dockerfile) {
    const state = new Map<Stage, 'open' | 'done'>()
    for (const root of dockerfile.stages) {
      if (state.has(root)) continue
      // Depth first without recursion: a file may have thousands of stages.
      const path: { readonly stage: Stage; next: number }[] = [{ stage: root, next: 0 }]
      state.set(root, 'open')
      while (path.length > 0) {
        const top = path.at(-1)!
        const use = top.stage.uses[top.next++]
        if (!use) {
          state.set(top.stage, 'done')
          path.pop()
          continue
        }
        if (use.target.kind !== 'stage') continue
        const { stage } = use.target
        // Taking from oneself is its own rule.
        if (stage === top.stage) continue
        if (state.get(stage) === 'open') {
          const circle = [
            ...path.slice(path.findIndex(entry => entry.stage === stage)).map(entry => nameOf(entry.stage)),
            nameOf(stage),
          ]
          yield {
            at: use.span,
            message: `circular dependency: ${circle.slice(0, 8).join(' → ')}`,
            fix: { title: 'Move what both need into a stage before them', safety: 'manual', edits: [] },
          }
        } else if (!state.has(stage)) {
          state.set(stage, 'open')
          path.push({ stage, next: 0 })
        }
      }
    }
  },
})

const nameOf = (stage: Stage): string => `\`${stage.name ?? stage.index}\``
