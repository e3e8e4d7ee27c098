/** `--graph FILE`: the ways out as a picture, in the form that the file's name asks for. */
import { UsageError } from '../model/finding.ts'
import type { CheckReport } from '../model/report.ts'
import { WorldError } from '../model/world.ts'
import { machine } from '../world/machine.ts'

/** Throws UsageError before anything is judged, when the name says no form. */
export const graphForm = (file: string): 'svg' | 'mermaid' => {
  if (/\.svg$/i.test(file)) return 'svg'
  if (/\.(?:mmd|mermaid)$/i.test(file)) return 'mermaid'
  throw new UsageError(
    `--graph: ${file} is neither .svg nor .mmd`,
    'the ending of the name says in which form the picture is written',
  )
}

export const writeGraph = async (file: string, report: CheckReport, isAll: boolean): Promise<void> => {
  const form = graphForm(file)
  const { breakoutGraph } = await import('../show/breakout-graph.ts')
  const graph = breakoutGraph(report, isAll)
  const text =
    form === 'svg'
      ? (await import('../show/breakout-graph-svg.ts')).showBreakoutSvg(graph)
      : (await import('../show/breakout-graph-mermaid.ts')).showBreakoutMermaid(graph)
  try {
    await machine.files.write(file, new TextEncoder().encode(text))
  } catch (error) {
    throw error instanceof WorldError ? new UsageError(error.message) : error
  }
}
