/** The applications of examples/harden: built and run on a real engine, and asked whether they work. */
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { Engine } from './components.ts'

export const hardenExamples = fileURLToPath(new URL('../examples/harden/', import.meta.url))

export type Application = {
  /** Base images that its Dockerfile names. */
  readonly from: readonly string[]
  readonly port: number
  /** What /health answers when it works. */
  readonly health: object
}

export const applications: Readonly<Record<string, Application>> = {
  'node-orders': { from: ['node:24'], port: 3000, health: { status: 'ok', service: 'orders-api', articles: 3, sample: 2640 } },
  'python-invoices': {
    from: ['python:3.11'],
    port: 8000,
    health: { status: 'ok', service: 'invoices', countries: ['AT', 'DE', 'FR', 'LU'], page: true },
  },
  'go-links': { from: ['golang:1.25'], port: 8080, health: { status: 'ok', service: 'links', links: 3, zones: true } },
  'java-quotes': { from: ['maven:3-eclipse-temurin-17'], port: 8080, health: { status: 'ok', service: 'quotes', quotes: 3 } },
  'static-site': { from: ['node:24', 'nginx:1.22'], port: 80, health: { status: 'ok', service: 'harbour-site', pages: 2 } },
  'native-accounts': { from: ['node:24'], port: 4000, health: { status: 'ok', service: 'accounts', native: true, rounds: 4 } },
  'writes-guestbook': {
    from: ['python:3.11'],
    port: 8080,
    health: { status: 'ok', service: 'guestbook', greeting: 'Welcome', probe: 'written' },
  },
  'needs-ping': {
    from: ['python:3.11'],
    port: 9100,
    health: { status: 'ok', service: 'watch', machines: [{ machine: '127.0.0.1', answers: true, problem: null }] },
  },
}

/** Builds a Dockerfile as its author would; gives the tag. Package managers reach their registries by the network of this machine. */
export const buildExample = async (
  engine: Engine,
  name: string,
  { folder = join(hardenExamples, name), file = join(folder, 'Dockerfile'), tag = `example-${name}` } = {},
): Promise<string> => {
  await engine.dockerAsync('build', '--network', 'host', '-f', file, '-t', tag, folder)
  return tag
}

export type Running = {
  readonly container: string
  /** Status and body, from within the container's network: nothing has to be in the image for that. */
  ask(path: string): { readonly status: number; readonly body: string }
  stop(): void
}

/** Starts an image without any network but its own loopback; `args` are for `docker run`. */
export const runExample = (engine: Engine, image: string, port: number, args: readonly string[] = []): Running => {
  const container = engine.docker('run', '-d', '--network', 'none', ...args, image).trim()
  return {
    container,
    ask: path => {
      const pid = engine.docker('inspect', '-f', '{{.State.Pid}}', container).trim()
      if (pid === '0') throw new Error(`the container has ended:\n${engine.docker('logs', '--tail', '30', container)}`)
      const url = `http://127.0.0.1:${port}${path}`
      const { stdout } = spawnSync('nsenter', ['-t', pid, '-n', 'curl', '-s', '-m', '5', '-w', '\n%{http_code}', url], {
        encoding: 'utf8',
      })
      const at = stdout.lastIndexOf('\n')
      return { status: Number(stdout.slice(at + 1)), body: stdout.slice(0, at) }
    },
    stop: () => {
      engine.docker('rm', '-f', '-v', container)
    },
  }
}

/** Asks until it answers or `seconds` are over. */
export const waitForHealth = async (running: Running, seconds = 30): Promise<unknown> => {
  let last = ''
  for (const end = Date.now() + seconds * 1000; Date.now() < end; await sleep(200)) {
    const { status, body } = running.ask('/health')
    if (status === 200) return JSON.parse(body)
    last = `${status} ${body}`
  }
  throw new Error(`/health was not answered within ${seconds} s: ${last}`)
}
