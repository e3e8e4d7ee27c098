import { advice, imageRule, listed, placesOf } from '../../image-rule.ts'

/** With these a program reaches whatever root does: https://man7.org/linux/man-pages/man7/capabilities.7.html */
const asGoodAsRoot: ReadonlySet<string> = new Set(
  'bpf chown dac_override dac_read_search fowner mknod setfcap setgid setpcap setuid sys_admin sys_module sys_ptrace sys_rawio'
    .split(' ')
    .map(name => `cap_${name}`),
)

export default imageRule({
  on: 'image',
  severity: 'low',
  since: '0.1.0',
  profile: 'default',
  summary: 'Programs have file capabilities',
  why: 'Whoever starts a program with file capabilities has a part of root’s power in it, whichever user they are: cap_net_raw forges packets to the neighbours, cap_dac_override reads and writes every file, cap_setuid is root. The container must be allowed them as well, and for most of these it is by default.',
  examples: [
    {
      bad: '{ "census": { "capable": [{ "path": "/usr/bin/ping", "capabilities": ["cap_net_raw"] }] } }',
      good: '{ "census": { "capable": [] } }',
    },
    {
      bad: '{ "census": { "capable": [{ "path": "/usr/bin/tool", "capabilities": ["cap_setuid"] }] } }',
      good: '{ "census": { "capable": [] } }',
    },
  ],
  replaces: ['CIS 4.8', 'check_4_8'],
  links: ['https://man7.org/linux/man-pages/man7/capabilities.7.html'],
  fixes: 'manual',
  *check({ census: { capable } }) {
    if (capable.count === 0) return
    const isRoot = capable.items.some(({ capabilities }) => capabilities.some(name => asGoodAsRoot.has(name)))
    yield {
      ...placesOf(capable),
      ...(isRoot ? { severity: 'medium' as const } : {}),
      message: `whoever starts them has capabilities: ${listed(
        capable,
        ({ path, capabilities }) =>
          `\`${path}\` (${capabilities.length > 4 ? `${capabilities.slice(0, 3).join(', ')} and ${capabilities.length - 3} more` : capabilities.join(', ')})`,
      )}`,
      fix: advice('Take them away where nobody needs them: RUN setcap -r FILE; and run with --cap-drop ALL'),
    }
  },
})
