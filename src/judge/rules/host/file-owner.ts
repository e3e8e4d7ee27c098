import type { Report } from '../../../model/rule.ts'
import { hostRule, wantedOf, wholeFile } from '../../host-rule.ts'

export default hostRule({
  on: 'host',
  severity: 'medium',
  since: '0.1.0',
  profile: 'default',
  summary: 'A file of the engine belongs to somebody else than root',
  why: 'The owner of a unit, a configuration or a socket of the engine decides what the engine does, and the engine is root. Whoever breaks into that account is root by the next restart, or at once by the socket.',
  examples: [
    {
      bad: '{"files": [{"path": "/etc/docker/daemon.json", "uid": 1000}]}',
      good: '{"files": [{"path": "/etc/docker/daemon.json", "uid": 0}]}',
      byHand: true,
    },
    {
      bad: '{"files": [{"path": "/run/docker.sock", "type": "socket", "mode": "0660", "gid": 1000}], "dockerGroup": {"gid": 998, "members": []}}',
      good: '{"files": [{"path": "/run/docker.sock", "type": "socket", "mode": "0660", "gid": 998}], "dockerGroup": {"gid": 998, "members": []}}',
      byHand: true,
    },
  ],
  replaces: [
    'CIS 3.1',
    'check_3_1',
    'CIS 3.3',
    'check_3_3',
    'CIS 3.5',
    'check_3_5',
    'CIS 3.7',
    'check_3_7',
    'CIS 3.9',
    'check_3_9',
    'CIS 3.11',
    'check_3_11',
    'CIS 3.13',
    'check_3_13',
    'CIS 3.15',
    'check_3_15',
    'CIS 3.17',
    'check_3_17',
    'CIS 3.19',
    'check_3_19',
    'CIS 3.21',
    'check_3_21',
    'CIS 3.23',
    'check_3_23',
  ],
  links: ['https://docs.docker.com/engine/security/'],
  fixes: 'manual',
  *check(host): Iterable<Report> {
    for (const file of host.files) {
      const wanted = wantedOf(file)
      if (!wanted) continue
      const groups = wanted.group === 'docker' ? [0, host.dockerGroup?.gid] : [0]
      // Nobody knows the number of the group docker: only root's own certainly counts.
      if (file.uid === 0 && (groups.includes(file.gid) || (wanted.group === 'docker' && host.dockerGroup === undefined))) continue
      yield {
        at: wholeFile(file.path),
        ...(file.uid !== 0 || file.type === 'socket' ? { severity: 'high' as const } : {}),
        message: `\`${file.path}\` belongs to ${file.uid}:${file.gid}, and not to root:${wanted.group}`,
        fix: { title: `chown root:${wanted.group} ${file.path}`, safety: 'manual', edits: [] },
      }
    }
  },
})
