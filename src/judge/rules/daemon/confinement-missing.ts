import type { Report } from '../../../model/rule.ts'
import { advice, answerAt, daemonRule, isDocker } from '../../daemon-rule.ts'

export default daemonRule({
  on: 'daemon',
  severity: 'medium',
  since: '0.1.0',
  profile: 'default',
  summary: 'Neither AppArmor nor SELinux confines containers',
  why: 'Capabilities and seccomp say what a process may ask of the kernel; AppArmor and SELinux say which files it may touch while doing so. Without both, a container with one capability too many mounts file systems, and one that shares processes with the host reads what they have open.',
  examples: [
    {
      bad: '{"info": {"SecurityOptions": ["name=seccomp,profile=default"]}}',
      good: '{"info": {"SecurityOptions": ["name=apparmor", "name=seccomp,profile=default"]}}',
      byHand: true,
    },
  ],
  replaces: ['CIS 5.2', 'CIS 5.3'],
  links: ['https://docs.docker.com/engine/security/apparmor/'],
  fixes: 'manual',
  *check(daemon): Iterable<Report> {
    const { security } = daemon
    if (!isDocker(daemon) || !security || security.apparmor || security.selinux) return
    yield {
      at: answerAt('SecurityOptions'),
      message: 'neither AppArmor nor SELinux is on: nothing but capabilities and seccomp confines containers',
      ...advice(
        'Debian, Ubuntu, SUSE: boot with apparmor=1 security=apparmor, and install apparmor; Fedora, RHEL: install container-selinux, and put {"selinux-enabled": true} into daemon.json',
      ),
    }
  },
})
