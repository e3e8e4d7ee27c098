/** What the command line says of rules and of the configuration, as the flows take it. */

export type RuleArguments = {
  readonly profile?: 'default' | 'all'
  readonly only?: readonly string[]
  /** A file; false: none. */
  readonly config?: string | false
}

export const ruleOptions = ({
  profile,
  only,
  config,
}: RuleArguments): {
  readonly profile?: 'default' | 'all'
  readonly only?: readonly string[]
  readonly config?: { readonly file: string } | 'none'
} => ({
  ...(profile ? { profile } : {}),
  ...(only ? { only } : {}),
  ...(typeof config === 'string' ? { config: { file: config } } : config === false ? { config: 'none' } : {}),
})
