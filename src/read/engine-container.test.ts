import * as v from 'valibot'
import { describe, expect, test } from 'vitest'
import type { Daemon } from '../model/daemon.ts'
import { daemonOf, infoSchema } from './engine-answers.ts'
import { imageSchema, inspectSchema, readEngineContainer } from './engine-container.ts'

const daemon = (info: object = {}): Daemon =>
  daemonOf({ info: v.parse(infoSchema, info), version: undefined, bridge: undefined }, undefined)

/** An answer with these parts of HostConfig, and of the rest. */
const read = (
  host: object,
  rest: { readonly config?: object; readonly image?: object; readonly info?: object; readonly more?: object } = {},
) => {
  const inspected = v.parse(inspectSchema, {
    Id: 'f'.repeat(64),
    Name: '/web',
    Config: { Image: 'web:1', ...rest.config },
    HostConfig: { Privileged: false, SecurityOpt: null, MaskedPaths: ['/proc/kcore'], ReadonlyPaths: ['/proc/sys'], ...host },
    ...rest.more,
  })
  const image = rest.image ? v.parse(imageSchema, { Config: rest.image }) : undefined
  return readEngineContainer(inspected, {
    daemon: rest.info ? daemon(rest.info) : undefined,
    image,
    volumes: new Map([['behind', { o: 'rbind,ro', device: '/etc', type: 'none' }]]),
    names: new Map([['a'.repeat(64), 'other']]),
  })
}

test('a container of which nothing was said has no places but its image’s', () => {
  const { container, problems } = read({})
  expect(problems).toEqual([])
  const places = Object.entries(container).filter(
    ([key, value]) => key !== 'at' && typeof (value as { at?: unknown } | undefined)?.at === 'object',
  )
  expect(places.map(([key]) => key)).toEqual(['image'])
})

test('places name the fields of the engine', () => {
  const { container } = read({ Privileged: true, CapAdd: ['CAP_SYS_ADMIN'], PidMode: 'host' })
  expect(container.privileged).toEqual({ value: true, at: { in: 'container', id: 'web', field: 'HostConfig.Privileged' } })
  expect(container.capAdd).toEqual([
    { value: 'SYS_ADMIN', at: { in: 'container', id: 'web', field: 'HostConfig.CapAdd CAP_SYS_ADMIN' } },
  ])
})

describe('what an engine leaves out is told, and is not taken for safe', () => {
  test.each([
    [{ Privileged: undefined }, 'whether web is privileged'],
    [{ SecurityOpt: undefined }, 'the security options of web'],
    [{ MaskedPaths: undefined, ReadonlyPaths: undefined }, 'which paths of /proc and /sys its containers do not see'],
  ])('%j', (host, what) => {
    expect(read(host).problems).toMatchObject([
      { kind: 'uncovered', code: 'engine-silent', message: `the engine does not say ${what}` },
    ])
  })
})

test.each<[object, 'masked' | 'unmasked']>([
  [{ MaskedPaths: null, ReadonlyPaths: null }, 'masked'],
  [{ MaskedPaths: [], ReadonlyPaths: [] }, 'unmasked'],
  [{ MaskedPaths: ['/proc/kcore'], ReadonlyPaths: [] }, 'unmasked'],
  [{ MaskedPaths: ['/proc/acpi'], ReadonlyPaths: ['/proc/sys'] }, 'unmasked'],
  // Privileged containers are not masked, which is told of them as such.
  [{ Privileged: true, MaskedPaths: null, ReadonlyPaths: null }, 'masked'],
])('%j: %s', (host, value) => {
  expect(read(host).container.systemPaths.value).toBe(value)
})

describe('defaults of the engine itself', () => {
  test.each<[object, object]>([
    [{ SecurityOptions: ['name=seccomp,profile=default'] }, { seccomp: 'default', noNewPrivileges: false }],
    [
      { SecurityOptions: ['name=seccomp,profile=unconfined', 'name=no-new-privileges'] },
      { seccomp: 'unconfined', noNewPrivileges: true },
    ],
    [{ SecurityOptions: [] }, { seccomp: 'unconfined', noNewPrivileges: false }],
    // Nobody said.
    [{}, { seccomp: 'default', noNewPrivileges: false }],
  ])('%j', (info, expected) => {
    const { seccomp, noNewPrivileges } = read({}, { info }).container
    expect({ seccomp: seccomp.value, noNewPrivileges: noNewPrivileges.value }).toEqual(expected)
  })

  test('what a container says of itself comes before them', () => {
    const info = { SecurityOptions: ['name=no-new-privileges', 'name=seccomp,profile=unconfined'] }
    const { noNewPrivileges, seccomp } = read(
      { SecurityOpt: ['no-new-privileges=false', 'seccomp={"defaultAction":"x"}'] },
      { info },
    ).container
    expect([noNewPrivileges.value, seccomp.value, seccomp.profile]).toEqual([false, 'localhost', 'a profile of its own'])
  })

  test('a started container without AppArmor, where the host has it', () => {
    const more = { AppArmorProfile: 'unconfined' }
    expect(read({}, { more, info: { SecurityOptions: ['name=apparmor'] } }).container.apparmor.value).toBe('unconfined')
    expect(read({}, { more, info: { SecurityOptions: [] } }).container.apparmor.value).toBe('default')
  })
})

test('the image’s user is not the container’s own', () => {
  expect(read({}, { config: { User: '1000' }, image: { User: '1000' } }).container).toMatchObject({
    user: { value: undefined },
    imageUser: '1000',
  })
  expect(read({}, { config: { User: '0' }, image: { User: '1000' } }).container).toMatchObject({
    user: { value: '0' },
    imageUser: '1000',
  })
  // The image is gone.
  expect(read({}, { config: { User: '1000' } }).container).toMatchObject({ user: { value: '1000' }, imageUser: undefined })
})

test('a volume that is a folder of the host, and the names of others', () => {
  const { container } = read(
    { PidMode: `container:${'a'.repeat(64)}`, NetworkMode: `container:${'b'.repeat(64)}` },
    { more: { Mounts: [{ Type: 'volume', Name: 'behind', Source: '/v/behind', Destination: '/b', RW: true }] } },
  )
  expect(container.mounts).toMatchObject([{ type: 'bind', source: '/etc', target: '/b', readOnly: true }])
  expect(container.pid.value).toBe('container:other')
  expect(container.network.value).toBe(`container:${'b'.repeat(64)}`)
})

test('what is no answer of an engine is refused', () => {
  for (const answer of [{}, [], null, { Id: 1 }, { Id: 'x', Name: '/x', Config: {}, HostConfig: { CapAdd: 'ALL' } }])
    expect(v.safeParse(inspectSchema, answer).success).toBe(false)
})
