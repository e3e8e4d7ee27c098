/** Limits: `deploy.resources` (https://github.com/compose-spec/compose-spec/blob/main/deploy.md#resources) and the service's own fields. */
import type { Container, Setting } from '../../model/container.ts'
import { integerIn } from '../yaml/scalars.ts'
import { resolved, type YamlMap } from '../yaml/tree.ts'
import type { ComposeReading } from './reading.ts'

type Resources = Pick<Container, 'memory' | 'memoryRequest' | 'cpus' | 'cpuRequest' | 'pids' | 'ulimits'>

/** Docker's default of `--cpu-period`, in microseconds. */
const period = 100_000

/** Compose takes what `deploy` says, unless that is zero. */
export const resourcesOf = (body: YamlMap, reading: ComposeReading): Resources => {
  const resources = reading.map(reading.map(body, 'deploy'), 'resources', 'deploy.resources')
  const limits = reading.map(resources, 'limits', 'deploy.resources.limits')
  const reservations = reading.map(resources, 'reservations', 'deploy.resources.reservations')
  return {
    memory: first(limits && reading.bytes(limits, 'memory', 'deploy.resources.limits.memory'), reading.bytes(body, 'mem_limit')),
    memoryRequest: first(
      reservations && reading.bytes(reservations, 'memory', 'deploy.resources.reservations.memory'),
      reading.bytes(body, 'mem_reservation'),
    ),
    cpus: first(
      limits && reading.number(limits, 'cpus', 'deploy.resources.limits.cpus'),
      reading.number(body, 'cpus'),
      quota(body, reading),
    ),
    cpuRequest: first(reservations && reading.number(reservations, 'cpus', 'deploy.resources.reservations.cpus')),
    pids: first(limits && reading.integer(limits, 'pids', 'deploy.resources.limits.pids'), reading.integer(body, 'pids_limit')),
    ulimits: ulimitsOf(body, reading),
  }
}

const first = (...settings: readonly (Setting<number> | undefined)[]): Setting<number | undefined> =>
  settings.find(setting => setting && setting.value !== 0) ?? settings.find(Boolean) ?? { value: undefined }

const quota = (body: YamlMap, reading: ComposeReading): Setting<number> | undefined => {
  const microseconds = reading.integer(body, 'cpu_quota')
  if (!microseconds) return undefined
  const every = reading.integer(body, 'cpu_period')?.value || period
  return { ...microseconds, value: microseconds.value / every }
}

const ulimitsOf = (body: YamlMap, reading: ComposeReading): Resources['ulimits'] => {
  const map = reading.map(body, 'ulimits')
  if (!map) return []
  return reading.names(body, 'ulimits').flatMap(({ value: name, at, body: value }) => {
    const place = at ? { at } : {}
    const both = resolved(value)
    if (both?.kind === 'map') {
      const soft = reading.integer(both, 'soft', `ulimits.${name}.soft`)?.value
      const hard = reading.integer(both, 'hard', `ulimits.${name}.hard`)?.value
      if (soft === undefined && hard === undefined) return []
      return [{ value: { name, soft: soft ?? hard!, hard: hard ?? soft! }, ...place }]
    }
    const text = reading.text(value)
    const number = text === undefined ? undefined : text === 'unlimited' ? -1 : integerIn(text)
    if (number !== undefined) return [{ value: { name, soft: number, hard: number }, ...place }]
    if (at && text !== '') reading.wrong(`ulimits.${name}`, 'a number, or a mapping with `soft` and `hard`', at)
    return []
  })
}
