/** Samples of rules on engines and hosts: what an engine answers, and what its daemon.json says. */
import * as v from 'valibot'
import type { Daemon, Host, HostFile } from '../src/model/daemon.ts'
import { daemonOf, infoSchema, networkSchema, versionSchema } from '../src/read/engine-answers.ts'

/** `{"info": …, "version": …, "bridge": …, "daemon.json": …}`, each as it is where it comes from. Without a daemon.json nobody knows the options. */
export const daemonSample = (text: string): Daemon => {
  const sample = JSON.parse(text) as Readonly<Record<string, unknown>>
  const options = sample['daemon.json'] as Readonly<Record<string, unknown>> | undefined
  return daemonOf(
    {
      info: v.parse(infoSchema, sample.info ?? {}),
      version: v.parse(versionSchema, sample.version ?? {}),
      bridge: sample.bridge ? v.parse(networkSchema, sample.bridge) : undefined,
    },
    options && new Map(Object.entries(options).map(([name, value]) => [name, { value, from: 'file' }])),
  )
}

/** A Host as JSON; modes are octal texts, and what is left out of a file is as it should be. */
export const hostSample = (text: string): Host => {
  const { files = [], ...rest } = JSON.parse(text) as Partial<Omit<Host, 'files'>> & {
    files?: readonly (Partial<Omit<HostFile, 'mode'>> & { readonly path: string; readonly mode?: string })[]
  }
  return {
    dockerGroup: undefined,
    root: undefined,
    audited: undefined,
    ...rest,
    files: files.map(({ mode, ...file }) => ({
      type: 'file',
      uid: 0,
      gid: 0,
      ...file,
      mode: Number.parseInt(mode ?? '0644', 8),
    })),
  }
}
