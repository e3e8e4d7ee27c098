import { advice, imageRule } from '../../image-rule.ts'

export default imageRule({
  on: 'image',
  severity: 'high',
  since: '0.1.0',
  profile: 'default',
  summary: 'An account has an empty password',
  why: 'Whoever runs anything in the container becomes that user with su and the Enter key, and a login service lets them in from outside. For root this was CVE-2019-5021 of Alpine’s official images: where su was installed, every process could be root, whatever USER said.',
  examples: [
    {
      bad: '{ "census": { "accounts": ["root:0:empty"] } }',
      good: '{ "census": { "accounts": ["root:0:locked", "app:1000:set"] } }',
    },
  ],
  replaces: ['DKL-LI-0001'],
  links: ['https://nvd.nist.gov/vuln/detail/CVE-2019-5021', 'https://man7.org/linux/man-pages/man5/shadow.5.html'],
  fixes: 'manual',
  *check({ census: { accounts, accountsAt } }) {
    const open = accounts?.items.filter(({ password }) => password === 'empty') ?? []
    const places = new Map(
      open.flatMap(({ passwordAt = accountsAt }) => (passwordAt ? [[JSON.stringify(passwordAt), passwordAt] as const] : [])),
    )
    const [at, ...also] = places.values()
    if (!at) return
    const names = open.slice(0, 5).map(({ name }) => `\`${name}\``)
    const rest = open.length - names.length
    yield {
      at,
      also,
      message: `${open.length === 1 ? 'an account has' : `${open.length} accounts have`} an empty password: ${names.join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`,
      fix: advice(
        `Lock what nobody logs in to: RUN passwd -l ${/^[a-z_][a-z0-9_-]*$/.test(open[0]!.name) ? open[0]!.name : 'NAME'}`,
      ),
    }
  },
})
