/** Everything that a configuration may speak of: rules on Dockerfiles, images, containers, manifests, engines and hosts, and the kinds of secrets, as `secret/github-token`. */
import { containerRules } from '../judge/rules/container-registry.ts'
import { daemonRules } from '../judge/rules/daemon-registry.ts'
import { hostRules } from '../judge/rules/host-registry.ts'
import { imageRules } from '../judge/rules/image-registry.ts'
import { manifestRules } from '../judge/rules/manifest-registry.ts'
import { rules } from '../judge/rules/registry.ts'
import { leakRules } from '../judge/secrets/leaks.ts'
import type { Rule } from '../model/rule.ts'

export const configurableRules: Readonly<Record<string, Pick<Rule, 'replaces' | 'summary'>>> = {
  ...rules,
  ...imageRules,
  ...containerRules,
  ...daemonRules,
  ...hostRules,
  ...manifestRules,
  ...leakRules,
}
