import type { Report } from '../../../model/rule.ts'
import { answerAt, daemonRule, isDocker, patch } from '../../daemon-rule.ts'

export default daemonRule({
  on: 'daemon',
  severity: 'low',
  since: '0.1.0',
  profile: 'all',
  summary: 'Whoever reaches the API may do everything',
  why: 'The engine knows no roles: a request to look at a log and one to mount the disk of the host are the same to it. A plug-in decides request by request, which is what lets monitoring or CI have the socket without having the host.',
  examples: [
    {
      bad: '{"info": {"Plugins": {"Authorization": []}}}',
      good: '{"info": {"Plugins": {"Authorization": ["opa-docker-authz"]}}}',
      byHand: true,
    },
  ],
  replaces: ['CIS 2.12', 'check_2_12'],
  links: ['https://docs.docker.com/engine/extend/plugins_authorization/'],
  fixes: 'manual',
  *check(daemon): Iterable<Report> {
    if (!isDocker(daemon) || daemon.authorizationPlugins === undefined || daemon.authorizationPlugins.length > 0) return
    yield {
      at: answerAt('Plugins.Authorization'),
      message: 'no plug-in decides what may be asked of the engine: who reaches it may do everything',
      ...patch({ 'authorization-plugins': ['PLUGIN'] }, 'where several people or programs share the engine'),
    }
  },
})
