/** A real browser for tests: Chromium without a window, spoken to through two pipes (https://chromedevtools.github.io/devtools-protocol/). */
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable, Writable } from 'node:stream'
import { has } from './components.ts'

export const hasBrowser = has('chromium')

type Message = {
  readonly id?: number
  readonly sessionId?: string
  readonly method?: string
  readonly params?: Readonly<Record<string, unknown>>
  readonly result?: Readonly<Record<string, unknown>>
  readonly error?: { readonly message: string }
}

export type Tab = {
  /** The value of an expression, as JSON has it. Throws what the page throws. */
  evaluate(expression: string): Promise<unknown>
  /** Presses and lets go: `Tab`, `Enter`, or one letter. */
  press(key: string): Promise<void>
  send(method: string, params?: object): Promise<Readonly<Record<string, unknown>>>
  /** A picture of the whole page. */
  screenshot(): Promise<Buffer>
  /** Texts of errors, and of what the policy of the page has stopped. */
  readonly complaints: readonly string[]
  /** Addresses that the page asked for after itself. */
  readonly requests: readonly string[]
}

export type TabOptions = {
  readonly scheme?: 'light' | 'dark'
  readonly media?: 'print'
  readonly width?: number
  readonly noScript?: boolean
}

export type Browser = {
  open(url: string, options?: TabOptions): Promise<Tab>
  stop(): Promise<void>
}

const keys: Readonly<Record<string, { readonly code: number; readonly text?: string }>> = {
  Tab: { code: 9 },
  Enter: { code: 13, text: '\r' },
}

export const startBrowser = async (): Promise<Browser> => {
  const profile = mkdtempSync(join(tmpdir(), 'bulkhead-browser-'))
  const child = spawn(
    'chromium',
    ['--headless', '--no-sandbox', '--disable-gpu', '--no-first-run', '--remote-debugging-pipe', `--user-data-dir=${profile}`],
    { stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'] },
  )
  const input = child.stdio[3] as Writable
  const output = child.stdio[4] as Readable
  let last = 0
  let left = ''
  const waiting = new Map<number, { resolve(result: Readonly<Record<string, unknown>>): void; reject(error: Error): void }>()
  const listeners = new Set<(message: Message) => void>()
  const ended = new Promise<void>(resolve => child.once('exit', () => resolve()))
  void ended.then(() => {
    for (const { reject } of waiting.values()) reject(new Error('chromium has ended'))
  })
  input.on('error', () => {})
  output.setEncoding('utf8')
  output.on('data', (piece: string) => {
    left += piece
    const parts = left.split('\0')
    left = parts.pop()!
    for (const part of parts) {
      const message = JSON.parse(part) as Message
      const asked = message.id === undefined ? undefined : waiting.get(message.id)
      if (message.id !== undefined) waiting.delete(message.id)
      if (asked && message.error) asked.reject(new Error(message.error.message))
      else if (asked) asked.resolve(message.result ?? {})
      else for (const listener of listeners) listener(message)
    }
  })
  const send = (method: string, params: object = {}, sessionId?: string): Promise<Readonly<Record<string, unknown>>> =>
    new Promise((resolve, reject) => {
      const id = ++last
      waiting.set(id, { resolve, reject })
      input.write(`${JSON.stringify({ id, method, params, sessionId })}\0`)
    })

  const open = async (url: string, { scheme, media, width = 1280, noScript }: TabOptions = {}): Promise<Tab> => {
    const { targetId } = (await send('Target.createTarget', { url: 'about:blank' })) as { targetId: string }
    const { sessionId } = (await send('Target.attachToTarget', { targetId, flatten: true })) as { sessionId: string }
    const inTab = (method: string, params: object = {}): Promise<Readonly<Record<string, unknown>>> =>
      send(method, params, sessionId)
    const complaints: string[] = []
    const requests: string[] = []
    let loaded: () => void = () => {}
    const load = new Promise<void>(resolve => {
      loaded = resolve
    })
    listeners.add(({ sessionId: of, method, params = {} }) => {
      if (of !== sessionId) return
      if (method === 'Page.loadEventFired') loaded()
      if (method === 'Log.entryAdded') {
        const { entry } = params as { entry: { level: string; text: string } }
        complaints.push(`${entry.level}: ${entry.text}`)
      }
      if (method === 'Runtime.exceptionThrown') complaints.push(JSON.stringify(params))
      if (method === 'Runtime.consoleAPICalled') complaints.push(JSON.stringify(params.args))
      if (method === 'Network.requestWillBeSent') {
        const { request } = params as { request: { url: string } }
        if (request.url !== url) requests.push(request.url)
      }
    })
    for (const domain of ['Page', 'Log', 'Runtime', 'Network']) await inTab(`${domain}.enable`)
    if (noScript) await inTab('Emulation.setScriptExecutionDisabled', { value: true })
    await inTab('Emulation.setDeviceMetricsOverride', { width, height: 900, deviceScaleFactor: 1, mobile: false })
    await inTab('Emulation.setEmulatedMedia', {
      ...(media ? { media } : {}),
      features: scheme ? [{ name: 'prefers-color-scheme', value: scheme }] : [],
    })
    await inTab('Page.navigate', { url })
    await load
    return {
      complaints,
      requests,
      send: inTab,
      evaluate: async expression => {
        const answer = (await inTab('Runtime.evaluate', { expression, returnByValue: true, awaitPromise: true })) as {
          result: { value?: unknown }
          exceptionDetails?: object
        }
        if (answer.exceptionDetails) throw new Error(JSON.stringify(answer.exceptionDetails))
        return answer.result.value
      },
      press: async key => {
        const { code, text } = keys[key] ?? { code: key.toUpperCase().charCodeAt(0), text: key }
        const event = { key, windowsVirtualKeyCode: code, ...(text === undefined ? {} : { text }) }
        await inTab('Input.dispatchKeyEvent', { type: 'keyDown', ...event })
        await inTab('Input.dispatchKeyEvent', { type: 'keyUp', ...event })
      },
      screenshot: async () => {
        const { data } = (await inTab('Page.captureScreenshot', { captureBeyondViewport: true })) as { data: string }
        return Buffer.from(data, 'base64')
      },
    }
  }
  return {
    open,
    stop: async () => {
      await Promise.race([send('Browser.close'), ended])
      const timer = setTimeout(() => child.kill('SIGKILL'), 5000)
      await ended
      clearTimeout(timer)
      rmSync(profile, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}
