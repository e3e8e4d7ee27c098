/** How much a container may use. */
import { type ProfileSubject, programOf, type Reasoned } from './subject.ts'

export type LimitChoice = {
  /** MiB. */
  readonly memory: Reasoned<number>
  readonly pids: Reasoned<number>
  /** Cores. */
  readonly cpus: Reasoned<number>
  /** What a cluster keeps free for it. */
  readonly requests: { readonly memory: number; readonly cpus: number }
}

const mebibyte = 1024 * 1024

export const limitsFor = (subject: ProfileSubject): LimitChoice => {
  const { container } = subject
  const program = programOf(subject)
  const measure = 'not known: nobody has measured it. Set about twice of what it uses at its busiest'
  const kept = (value: number | undefined): value is number => value !== undefined && Number.isFinite(value) && value > 0
  const { memory, pids, cpus } = {
    memory: container?.memory.value,
    pids: container?.pids.value,
    cpus: container?.cpus.value,
  }
  const asked = {
    memory: kept(container?.memoryRequest.value) ? Math.ceil(container.memoryRequest.value / mebibyte) : undefined,
    cpus: kept(container?.cpuRequest.value) ? container.cpuRequest.value : undefined,
  }
  const chosen = {
    memory: kept(memory)
      ? { value: Math.max(6, Math.round(memory / mebibyte)), why: 'as the file has it' }
      : program?.memory
        ? { value: Math.max(program.memory, asked.memory ?? 0), why: `${program.name} needs some of it to start. ${measure}` }
        : { value: Math.max(512, asked.memory ?? 0), why: measure },
    pids: kept(pids)
      ? { value: Math.round(pids), why: 'as the file has it' }
      : { value: 256, why: 'against fork bombs; threads count as well' },
    cpus: kept(cpus) ? { value: cpus, why: 'as the file has it' } : { value: Math.max(1, asked.cpus ?? 0), why: measure },
  }
  return {
    ...chosen,
    requests: {
      memory: asked.memory ?? Math.ceil(chosen.memory.value / 2),
      cpus: asked.cpus ?? Math.min(0.1, chosen.cpus.value),
    },
  }
}
