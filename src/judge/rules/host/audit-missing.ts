import type { Report } from '../../../model/rule.ts'
import { hostRule, inHost } from '../../host-rule.ts'

export default hostRule({
  on: 'host',
  severity: 'low',
  since: '0.1.0',
  profile: 'all',
  summary: 'What happens to the files of the engine is not recorded',
  why: 'Whoever changes the configuration of the engine, its units or its programs changes what runs as root. auditd records who did it and when; without its rules nobody can tell afterwards.',
  examples: [
    {
      bad: '{"files": [{"path": "/etc/docker"}, {"path": "/usr/bin/dockerd"}], "audited": ["/etc/docker"]}',
      good: '{"files": [{"path": "/etc/docker"}], "audited": ["/etc/docker"]}',
      byHand: true,
    },
  ],
  replaces: [
    'CIS 1.1.3',
    'check_1_1_3',
    'CIS 1.1.4',
    'check_1_1_4',
    'CIS 1.1.5',
    'check_1_1_5',
    'CIS 1.1.6',
    'check_1_1_6',
    'CIS 1.1.7',
    'check_1_1_7',
    'CIS 1.1.8',
    'check_1_1_8',
    'CIS 1.1.9',
    'check_1_1_9',
    'CIS 1.1.10',
    'check_1_1_10',
    'CIS 1.1.11',
    'check_1_1_11',
    'CIS 1.1.12',
    'check_1_1_12',
    'CIS 1.1.13',
    'check_1_1_13',
    'CIS 1.1.14',
    'check_1_1_14',
    'CIS 1.1.15',
    'check_1_1_15',
    'CIS 1.1.16',
    'check_1_1_16',
    'CIS 1.1.17',
    'check_1_1_17',
    'CIS 1.1.18',
    'check_1_1_18',
  ],
  links: ['https://man7.org/linux/man-pages/man7/audit.rules.7.html'],
  fixes: 'manual',
  *check(host): Iterable<Report> {
    const { audited } = host
    if (audited === undefined) return
    const watched = (path: string): boolean => audited.some(one => path === one || path.startsWith(`${one}/`))
    const missing = host.files.map(({ path }) => path).filter(path => !watched(path) && !/certs\.d\/./.test(path))
    if (missing.length === 0) return
    const rules = missing.map(path => `-w ${path} -k docker`)
    yield {
      at: inHost('audit rules'),
      message: `auditd does not watch ${missing
        .slice(0, 5)
        .map(path => `\`${path}\``)
        .join(', ')}${missing.length > 5 ? ` and ${missing.length - 5} more` : ''}`,
      fix: {
        title: `Write these lines to /etc/audit/rules.d/docker.rules, then augenrules --load: ${rules.join('; ')}`,
        safety: 'manual',
        edits: [],
      },
    }
  },
})
