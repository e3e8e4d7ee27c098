/** Templates are told of once for a chart, else once for a folder. */
import { basename, dirname, join } from 'node:path'
import type { Problem } from '../model/finding.ts'
import type { World } from '../model/world.ts'

const code = 'yaml-template'

/** What is in a folder with `Chart.yaml` is filled in by Helm: https://helm.sh/docs/topics/charts/#the-chart-file-structure */
export const foldTemplates = async (world: World, problems: readonly Problem[]): Promise<readonly Problem[]> => {
  const charts = new Map<string, string | undefined>()
  const chartOf = async (folder: string): Promise<string | undefined> => {
    if (charts.has(folder)) return charts.get(folder)
    const isChart = (await world.files.stat(join(folder, 'Chart.yaml')))?.type === 'file'
    const parent = dirname(folder)
    const chart = isChart ? folder : parent === folder ? undefined : await chartOf(parent)
    charts.set(folder, chart)
    return chart
  }
  const groups = new Map<string, { readonly first: Problem; readonly chart: string | undefined; readonly files: Set<string> }>()
  const all: (Problem | string)[] = []
  for (const problem of problems) {
    const { at } = problem
    if (problem.code !== code || at?.in !== 'file') {
      all.push(problem)
      continue
    }
    const folder = dirname(at.path)
    const chart = await chartOf(folder)
    const key = chart === undefined ? `folder ${folder}` : `chart ${chart}`
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
    const rest = files.size === 1 ? 'is no YAML before it is filled in' : 'are no YAML before they are filled in'
    if (chart !== undefined)
      return {
        ...first,
        message: `${chart === '.' ? 'this folder' : `\`${chart}\``} is a chart of Helm: ${files.size} ${files.size === 1 ? 'template' : 'templates'} of it ${rest}; judge what \`helm template ${chart}\` prints`,
      }
    if (files.size === 1) return first
    const names = [...files].map(file => `\`${basename(file)}\``)
    const shown = names.length > 3 ? `${names.slice(0, 3).join(', ')} and ${names.length - 3} more` : names.join(', ')
    return { ...first, message: `${files.size} templates (${shown}) ${rest}; judge what is made of them` }
  })
}
