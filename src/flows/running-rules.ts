/** Which rules run, and what silences them: from the command line and the configuration. */
import type { ContainerRule } from '../judge/container-rule.ts'
import type { DaemonRule } from '../judge/daemon-rule.ts'
import type { DockerfileRule } from '../judge/dockerfile-rule.ts'
import type { HostRule } from '../judge/host-rule.ts'
import type { RunningEngineRule } from '../judge/judge-engine.ts'
import type { ManifestRule } from '../judge/manifest-rule.ts'
import type { ConfiguredIgnore, Suppressions } from '../judge/suppress.ts'
import type { Daemon, Host } from '../model/daemon.ts'
import type { Severity } from '../model/finding.ts'
import { onlyThese, type ruleNames } from './known-rules.ts'
import { isChosen, type Settings, validOptions } from './settings.ts'

/** Those that do not fit what is judged (`on`) are left out. */
export type Rules = Readonly<Record<string, DockerfileRule<unknown> | ContainerRule<unknown> | ManifestRule<unknown>>>

/** What the command line says of rules. */
export type RuleOptions = {
  readonly profile?: 'default' | 'all'
  /** Only these rules, by our ids or other tools'. */
  readonly only?: readonly string[]
  /** False: comments in the files, and ignore files beside them, silence nothing. */
  readonly inlineIgnores?: boolean
  /** Keys of known findings. */
  readonly baseline?: ReadonlySet<string>
}

/** Which rules run on a path, with what options. Paths with the same overrides share one set. */
export const chooseRules = <Rule extends DockerfileRule<unknown> | ContainerRule<unknown> | ManifestRule<unknown>>(
  on: Rule['on'],
  rules: Rules,
  names: ReturnType<typeof ruleNames>,
  settings: Settings,
  options: RuleOptions,
): ((path: string) => ReadonlyMap<string, { rule: Rule; severity: Severity | undefined; options: unknown }>) => {
  const profile = options.profile ?? settings.profile
  const only = options.only && onlyThese(names, options.only)
  type Running = { rule: Rule; severity: Severity | undefined; options: unknown }
  const sets = new Map<string, ReadonlyMap<string, Running>>()
  return path => {
    const key = settings.overrideKey(path)
    const known = sets.get(key)
    if (known) return known
    const running = new Map<string, Running>()
    for (const [id, rule] of Object.entries(rules)) {
      if (rule.on !== on) continue
      const severity = settings.severityOf(id, path)
      if (severity === 'off' || !isChosen(id, rule, path, settings, profile, only)) continue
      // `on` tells them apart.
      const own = rule as Rule
      running.set(id, { rule: own, severity, options: validOptions(id, own, settings.optionsOf(id, path), settings.file) })
    }
    sets.set(key, running)
    return running
  }
}

/** Those on an engine or on its host; `path`: by which a configuration names it. */
export const chooseEngineRules = <Subject extends Daemon | Host>(
  rules: Readonly<Record<string, DaemonRule<unknown> | HostRule<unknown>>>,
  path: string,
  names: ReturnType<typeof ruleNames>,
  settings: Settings,
  options: RuleOptions,
): ReadonlyMap<string, RunningEngineRule<Subject>> => {
  const profile = options.profile ?? settings.profile
  const only = options.only && onlyThese(names, options.only)
  const running = new Map<string, RunningEngineRule<Subject>>()
  for (const [id, rule] of Object.entries(rules)) {
    const severity = settings.severityOf(id, path)
    if (severity === 'off' || !isChosen(id, rule, path, settings, profile, only)) continue
    const own = rule as unknown as RunningEngineRule<Subject>['rule']
    running.set(id, { rule: own, severity, options: validOptions(id, own, settings.optionsOf(id, path), settings.file) })
  }
  return running
}

export const suppressionsFor = (
  path: string,
  settings: Settings,
  names: ReturnType<typeof ruleNames>,
  options: RuleOptions,
  today: string,
): Suppressions => ({
  inline: options.inlineIgnores !== false,
  configured: settings.ignoresOf(path) satisfies readonly ConfiguredIgnore[],
  baseline: options.baseline ?? new Set(),
  today,
  resolve: names.resolve,
  nearest: names.nearest,
  ofTool: names.ofTool,
})
