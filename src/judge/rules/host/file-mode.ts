import type { Report } from '../../../model/rule.ts'
import { hostRule, octal, wantedOf, wholeFile } from '../../host-rule.ts'

export default hostRule({
  on: 'host',
  severity: 'medium',
  since: '0.1.0',
  profile: 'default',
  summary: 'A file of the engine is open to more than it should be',
  why: 'Who may write to a unit or a configuration of the engine decides what runs as root; who may write to its socket commands it at once; who may read its key speaks to every engine that trusts it. None of that is for everybody on the host.',
  examples: [
    {
      bad: '{"files": [{"path": "/run/docker.sock", "type": "socket", "mode": "0666"}]}',
      good: '{"files": [{"path": "/run/docker.sock", "type": "socket", "mode": "0660"}]}',
      byHand: true,
    },
    {
      bad: '{"files": [{"path": "/etc/docker/daemon.json", "mode": "0664"}]}',
      good: '{"files": [{"path": "/etc/docker/daemon.json", "mode": "0644"}]}',
      byHand: true,
    },
  ],
  replaces: [
    'CIS 3.2',
    'check_3_2',
    'CIS 3.4',
    'check_3_4',
    'CIS 3.6',
    'check_3_6',
    'CIS 3.8',
    'check_3_8',
    'CIS 3.10',
    'check_3_10',
    'CIS 3.12',
    'check_3_12',
    'CIS 3.14',
    'check_3_14',
    'CIS 3.16',
    'check_3_16',
    'CIS 3.18',
    'check_3_18',
    'CIS 3.20',
    'check_3_20',
    'CIS 3.22',
    'check_3_22',
    'CIS 3.24',
    'check_3_24',
  ],
  links: ['https://docs.docker.com/engine/security/'],
  fixes: 'manual',
  *check(host): Iterable<Report> {
    for (const file of host.files) {
      const wanted = wantedOf(file)
      const more = wanted ? file.mode & ~wanted.mode & 0o777 : 0
      if (!wanted || more === 0) continue
      const isWritten = (more & 0o002) !== 0
      yield {
        at: wholeFile(file.path),
        severity: isWritten ? (file.type === 'socket' ? 'critical' : 'high') : (more & 0o020) !== 0 ? 'medium' : 'low',
        message: `\`${file.path}\` has the mode ${octal(file.mode)}, which is more than ${octal(wanted.mode)}${isWritten ? ': everybody may write to it' : ''}`,
        fix: { title: `chmod ${octal(file.mode & (wanted.mode | 0o7000))} ${file.path}`, safety: 'manual', edits: [] },
      }
    }
  },
})
