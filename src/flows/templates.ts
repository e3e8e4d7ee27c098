/** Templates are told of once for a chart, and once for a file that belongs to none. */
import { basename, dirname, join } from 'node:path'
import type { Problem } from '../model/finding.ts'
import type { World } from '../model/world.ts'

const code = 'yaml-template'

/** Helm fills in what is below `templates`, beside `Chart.yaml`: https://helm.sh/docs/topics/charts/#the-chart-file-structure */
export const foldTemplates = async (world: World, problems: readonly Problem[]): Promise<readonly Problem[]> => {
  const charts = new Map<string, boolean>()
  const isChart = async (folder: string): Promise<boolean> => {
    const known = charts.get(folder) ?? (await world.files.stat(join(folder, 'Chart.yaml')))?.type === 'file'
    charts.set(folder, known)
    return known
  }
  const groups = new Map<string, { readonly first: Problem; readonly chart: string | undefined; readonly files: Set<string> }>()
  const all: (Problem | string)[] = []
  for (const problem of problems) {
    const { at } = problem
    if (problem.code !== code || at?.in !== 'file') {
      all.push(problem)
      continue
    }
    let folder = dirname(at.path)
    while (basename(folder) !== 'templates' && dirname(folder) !== folder) folder = dirname(folder)
    const parent = basename(folder) === 'templates' ? dirname(folder) : undefined
    const chart = parent !== undefined && (await isChart(parent)) ? parent : undefined
    const key = chart === undefined ? `file ${at.path}` : `chart ${chart}`
    const group = groups.get(key)
    if (group) group.files.add(at.path)
    else {
      groups.set(key, { first: problem, chart, files: new Set([at.path]) })
      all.push(key)
    }
  }
  return all.map(one => {
    if (typeof one !== 'string') return one
    const { first, chart, files } = groups.get(one)!
    if (chart === undefined) return first
    const count = `${files.size} ${files.size === 1 ? 'template' : 'templates'}`
    return {
      ...first,
      message: `\`${chart}\` is a chart of Helm: ${count} of it ${files.size === 1 ? 'is' : 'are'} no YAML before ${files.size === 1 ? 'it is' : 'they are'} filled in; judge what \`helm template ${chart}\` prints`,
    }
  })
}
