/**
 * Pipelines in YAML: the scripts in them, and the containers that a runner starts with options of its own
 * (https://docs.github.com/actions/reference/workflows-and-actions/workflow-syntax#jobsjob_idcontaineroptions,
 * https://learn.microsoft.com/azure/devops/pipelines/yaml-schema/resources-containers-container).
 */
import { get } from '../yaml/fields.ts'
import { isNull, stringOf } from '../yaml/scalars.ts'
import { locationOf, readYaml, resolved, type YamlMap, type YamlNode, type YamlScalar } from '../yaml/tree.ts'
import type { CommandWord, FileLocation } from './flags.ts'
import { scalarText } from './mapped-text.ts'
import { mayRun, type RunScript } from './run-script.ts'

/** Fields whose value is shell text, or a list of such, in one system or another. */
const scripts = new Set([
  'run',
  'script',
  'before_script',
  'after_script',
  'before_install',
  'install',
  'after_success',
  'before_deploy',
  'deploy_script',
  'commands',
  'command',
  'bash',
  'inlineScript',
])
/** `${{ github }}`, GitLab's `$[[ inputs ]]`, Azure's `$[ variables ]`, CircleCI's `<< parameters >>`. */
const templates = /\$\{\{[^}]{0,300}\}\}|\$\[\[[^\]]{0,300}\]\]|<<\s{0,9}(?:parameters|pipeline|matrix)\.[\w.-]{1,200}\s{0,9}>>/g
const shells = /\b(?:ba|da|z|k)?sh\b/
/** Actions whose `script` is JavaScript: it starts programs, if at all, by functions. */
const javascript = /^actions\/github-script(?:@|$)/

export const readCiFile = (script: RunScript, path: string, text: string, kind: 'github' | 'ci'): void => {
  if (!mayRun(text) && !/\boptions\s*:|\bvolumes\s*:/.test(text)) return
  const { documents, problems } = readYaml(path, text)
  script.problems.push(...problems)
  /** `outer`: the shell of the texts in it, when they do not say another. */
  const visit = (node: YamlNode, trail: readonly string[], outer: string | undefined): void => {
    if (node.kind === 'list') for (const item of node.items) visit(item, trail, outer)
    if (node.kind !== 'map') return
    const inner = defaultShell(node) ?? outer
    const isJavascript = kind === 'github' && javascript.test(stringOf(get(node, 'uses')) ?? '')
    for (const { key, value } of node.entries) {
      const name = key.kind === 'scalar' ? key.value : ''
      if (name === 'with' && isJavascript) continue
      if (scripts.has(name)) readTexts(script, scalarsOf(value), name === 'bash' ? 'bash' : (shellOf(node) ?? inner))
      if (name === 'container') readContainer(script, key, value, trail)
      else if (name === 'services' && kind === 'github' && value.kind === 'map')
        for (const entry of value.entries) readContainer(script, entry.key, entry.value, trail)
      else if (name === 'containers' && value.kind === 'list')
        for (const item of value.items)
          if (item.kind === 'map' && item.entries[0]) readContainer(script, item.entries[0].key, item, [])
      visit(value, name === '' || structural.has(name) ? trail : [...trail, name], taskShell(node, name) ?? inner)
    }
  }
  for (const { root } of documents) if (root) visit(root, [], undefined)
}

/** Fields that name nothing. */
const structural = new Set(['jobs', 'resources', 'stages', 'steps', 'services'])

/** `shell: python` beside the text; Azure's tasks say `scriptType`, and run the `script` of a Windows agent with cmd. */
const shellOf = (map: YamlMap): string | undefined => {
  const shell = stringOf(get(map, 'shell'))
  if (shell !== undefined) return shell
  const type = stringOf(get(map, 'scriptType'))
  return type !== undefined && /^(?:ps|pscore|batch)$/i.test(type) ? type : undefined
}

/** `task: PowerShell@2` says it of its `inputs`. */
const taskShell = (map: YamlMap, name: string): string | undefined =>
  name === 'inputs' && /PowerShell/i.test(stringOf(get(map, 'task')) ?? '') ? 'PowerShell' : undefined

/**
 * What a workflow or a job says of all below it. Without a word Windows runs PowerShell:
 * https://docs.github.com/actions/reference/workflows-and-actions/workflow-syntax#defaultsrunshell
 */
const defaultShell = (map: YamlMap): string | undefined => {
  const defaults = resolved(get(map, 'defaults'))
  const run = defaults?.kind === 'map' ? resolved(get(defaults, 'run')) : undefined
  const said = run?.kind === 'map' ? stringOf(get(run, 'shell')) : undefined
  if (said !== undefined) return said
  const runner = resolved(get(map, 'runs-on'))
  if (runner && scalarsOf(runner).some(({ value }) => /^windows\b/i.test(value))) return 'PowerShell'
  const pool = resolved(get(map, 'pool'))
  const image = pool?.kind === 'map' ? stringOf(get(pool, 'vmImage')) : undefined
  return image !== undefined && /^(?:windows|vs\d)/i.test(image) ? 'cmd' : undefined
}

const readTexts = (script: RunScript, texts: readonly YamlScalar[], shell: string | undefined): void => {
  for (const one of texts) {
    if (shell === undefined || shells.test(shell)) script.read(scalarText(one), templates)
    else if (mayRun(one.value) && script.once('shell')) {
      const name = /^(?:pwsh|powershell|ps|pscore)\b/i.test(shell) ? 'PowerShell' : `\`${shell}\``
      script.problems.push({
        kind: 'uncovered',
        code: 'docker-run-shell',
        message: `texts for ${name} are not read, so containers that they start may be missed`,
        at: placeOf(one),
      })
    }
  }
}

const scalarsOf = (node: YamlNode): readonly YamlScalar[] => {
  if (node.kind === 'scalar') return isNull(node) ? [] : [node]
  // GitLab allows lists in lists.
  return node.kind === 'list' ? node.items.flatMap(scalarsOf) : []
}

const placeOf = (node: YamlNode): FileLocation => locationOf(node) as FileLocation

/** A container of a runner, as the command line that the runner writes for it. */
const readContainer = (script: RunScript, key: YamlNode, node: YamlNode, trail: readonly string[]): void => {
  const map = resolved(node)
  if (map?.kind !== 'map' || key.kind !== 'scalar') return
  const image = get(map, 'image')
  if (image?.kind !== 'scalar') return
  const at = placeOf(key)
  const given = (text: string): CommandWord => ({ text, at, known: true })
  const word = (one: YamlScalar, text = one.value): CommandWord => ({ text, at: placeOf(one), known: !/\$[{[(]/.test(text) })
  const words: CommandWord[] = [given('docker'), given('create')]
  const options = get(map, 'options')
  if (options?.kind === 'scalar') words.push(...script.optionWords(scalarText(options), templates))
  const each = (field: string, flag: string): void => {
    const list = get(map, field)
    if (list?.kind !== 'list') return
    for (const item of list.items) {
      const one = resolved(item)
      if (one?.kind === 'scalar') words.push({ ...given(flag), at: placeOf(one) }, word(one))
    }
  }
  each('volumes', '-v')
  each('ports', '-p')
  const environment = get(map, 'env')
  if (environment?.kind === 'map')
    for (const entry of environment.entries) {
      const value = resolved(entry.value)
      if (entry.key.kind !== 'scalar' || value?.kind !== 'scalar') continue
      const text = `${entry.key.value}=${value.value}`
      const place = {
        ...placeOf(value),
        span: { start: entry.key.span.start, end: Math.max(entry.key.span.end, value.span.end) },
      }
      words.push({ text: '-e', at: place, known: true }, { text, at: place, known: !/\$[{[(]/.test(text) })
    }
  words.push(word(image))
  const run = script.container(words)
  if (!run) return
  // Azure's `resources.containers` give each a name with the field `container`.
  const own = stringOf(get(map, 'container')) ?? key.value
  script.add({ ...run, verbAt: undefined, container: { ...run.container, name: [...trail.slice(-1), own].join(' › ') } })
}
