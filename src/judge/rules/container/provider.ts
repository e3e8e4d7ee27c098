import type { Report } from '../../../model/rule.ts'
import { advise, placeOf } from '../../container-queries.ts'
import { containerRule } from '../../container-rule.ts'

export default containerRule({
  on: 'container',
  severity: 'medium',
  since: '0.1.0',
  profile: 'default',
  summary: 'A service starts a program on the host itself',
  why: 'A provider is no container: `docker compose up` runs a program of that name from the PATH, with all rights of whoever typed it, and passes on what it prints as variables of other services. Whoever gets a file into the PATH, or a line into the Compose file, runs code there.',
  examples: [
    {
      bad: 'services:\n  db:\n    provider:\n      type: awesomecloud\n',
      good: 'services:\n  db:\n    image: postgres:17\n',
      byHand: true,
    },
  ],
  links: ['https://docs.docker.com/compose/how-tos/provider-services/'],
  fixes: 'manual',
  *check(container): Iterable<Report> {
    const { provider } = container
    if (provider.value === undefined) return
    yield {
      at: placeOf(provider, container),
      ...(provider.value === 'model' ? { severity: 'info' as const } : {}),
      message: `\`${provider.value}\` is started on the host, with the rights of whoever starts the project`,
      ...advise('Make sure which program that is, and that all who start the project have the same'),
    }
  },
})
