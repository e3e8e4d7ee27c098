/** Renaming stages: the name itself and every reference to it. */
import type { Edit } from '../model/finding.ts'
import type { Dockerfile, Stage } from '../read/dockerfile/graph.ts'
import { replaceAt } from './dockerfile-queries.ts'

export const isStageName = (dockerfile: Dockerfile, name: string): boolean =>
  dockerfile.stages.some(stage => stage.name === name.toLowerCase())

/** Edits that give a stage another name, in its FROM and wherever it is used by its old name as one literal word. */
export const rename = (dockerfile: Dockerfile, stage: Stage, name: string): readonly Edit[] => {
  const edits: Edit[] = stage.nameWord ? [replaceAt(dockerfile, stage.nameWord.span, name)] : []
  for (const other of dockerfile.stages) {
    for (const { target, span } of other.uses) {
      if (target.kind !== 'stage' || target.stage !== stage) continue
      const written = dockerfile.tree.text.slice(span.start, span.end)
      if (written.toLowerCase() === stage.name) edits.push(replaceAt(dockerfile, span, name))
    }
  }
  return edits
}
