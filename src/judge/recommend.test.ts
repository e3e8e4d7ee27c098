import { describe, expect, test } from 'vitest'
import { distroOf } from '../../test/advisories.ts'
import { isLongTerm, type ProposeOptions, propose } from './recommend.ts'

const short = (name: string, more: Partial<ProposeOptions> = {}): readonly string[] =>
  propose(name, { today: '2026-06-01', nonLts: false, ...more })
    .candidates.filter(({ kind }) => kind !== 'hardened' && kind !== 'minimal')
    .map(({ kind, name: one }) => `${kind} ${one}`)

const others = (name: string, more: Partial<ProposeOptions> = {}): readonly string[] =>
  propose(name, { today: '2026-06-01', nonLts: false, ...more })
    .candidates.filter(({ kind }) => kind === 'hardened' || kind === 'minimal')
    .map(({ kind, name: one, isRolling }) => `${kind} ${one}${isRolling ? ' rolling' : ''}`)

describe('what could take the place of a base image', () => {
  test('images of other makers, of the version that is moved to, and with what speaks against them', () => {
    expect(others('node:24-bookworm')).toEqual(['hardened dhi.io/node:24', 'hardened cgr.dev/chainguard/node:latest rolling'])
    expect(others('node:18-alpine3.18')[0]).toBe('hardened dhi.io/node:24-alpine')
    // Nobody knows which version `latest` is.
    expect(others('node:latest')).toEqual(['hardened cgr.dev/chainguard/node:latest rolling'])
    expect(others('debian:12')).toEqual(['minimal cgr.dev/chainguard/wolfi-base:latest rolling'])
    expect(others('almalinux:9.4')).toEqual([
      'minimal registry.access.redhat.com/ubi9/ubi-minimal:latest',
      'minimal registry.access.redhat.com/ubi9/ubi-micro:latest',
    ])
    expect(others('registry.access.redhat.com/ubi9/ubi:9.5')).toEqual([
      'minimal registry.access.redhat.com/ubi9/ubi-minimal:9.5',
      'minimal registry.access.redhat.com/ubi9/ubi-micro:9.5',
    ])
    expect(others('registry.access.redhat.com/ubi9/ubi-micro:9.5')).toEqual([])
    expect(others('mysql:8')).toEqual([])
    const risks = propose('node:24', { today: '2026-06-01', nonLts: false }).candidates.flatMap(one =>
      one.kind === 'hardened' ? [one.risks.join('\n')] : [],
    )
    expect(risks[0]).toMatch(/without a shell and a package manager.*does not run as root.*docker login dhi\.io/s)
    expect(risks[1]).toMatch(/for paying customers.*without a shell.*does not run as root/s)
  })

  test('the same tag first, then what the version moves to', () => {
    expect(short('node:22.3.0-bookworm-slim')).toEqual([
      'refresh node:22.3.0-bookworm-slim',
      'patch node:22.3-bookworm-slim',
      'minor node:22-bookworm-slim',
      'release node:22-trixie-slim',
      'major node:24-bookworm-slim',
      'distroless gcr.io/distroless/nodejs22-debian12',
    ])
    expect(short('debian:12.1')).toEqual([
      'refresh debian:12.1',
      'patch debian:12',
      'release debian:13',
      'slim debian:12.1-slim',
      'distroless gcr.io/distroless/base-debian12',
    ])
  })

  test('code names stay code names; a distribution that has ended is replaced with the version', () => {
    expect(short('debian:bookworm-slim')).toContain('release debian:trixie-slim')
    expect(short('node:18-buster')).toContain('major node:24-trixie')
    expect(short('python:3.12-slim-bookworm')).toEqual([
      'refresh python:3.12-slim-bookworm',
      'release python:3.12-slim-trixie',
      'minor python:3.13-slim-bookworm',
      'minor python:3.14-slim-bookworm',
      'distroless gcr.io/distroless/python3-debian12',
    ])
    expect(short('python:3.12-bookworm')).toContain('slim python:3.12-slim-bookworm')
    expect(short('node:20-alpine3.18')).toContain('major node:24-alpine3.24')
  })

  test('versions that get fixes for some months only are not proposed unless that is asked for', () => {
    expect(short('ubuntu:22.04')).toEqual([
      'refresh ubuntu:22.04',
      'release ubuntu:24.04',
      'release ubuntu:26.04',
      'distroless gcr.io/distroless/base-debian12',
    ])
    expect(short('ubuntu:24.04', { nonLts: true, today: '2026-01-05' })).toContain('release ubuntu:25.04')
    expect(short('node:22').some(one => /node:2[3579]/.test(one))).toBe(false)
    expect(short('eclipse-temurin:21-jre')).toContain('major eclipse-temurin:25-jre')
    expect(short('eclipse-temurin:21-jre').join()).not.toContain('26')
    expect([isLongTerm('nginx', '1.30'), isLongTerm('nginx', '1.31'), isLongTerm('debian', '13')]).toEqual([true, false, true])
  })

  test('a version that has ended is proposed in no form', () => {
    expect(short('node:18.1.0-slim')).toEqual([
      'refresh node:18.1.0-slim',
      'major node:22-slim',
      'major node:24-slim',
      'distroless gcr.io/distroless/nodejs24-debian12',
    ])
  })

  test('what a registry does not have is not proposed; what is newer there is', () => {
    const tags = ['22.3.0-slim', '22.3.1-slim', '22.9.0-slim', '22.9.0', '24.1.0-slim', '24-slim', '25-slim', 'latest']
    expect(short('node:22.3.0-slim', { tags })).toEqual([
      'refresh node:22.3.0-slim',
      'patch node:22.9.0-slim',
      'major node:24-slim',
      'distroless gcr.io/distroless/nodejs22-debian12',
    ])
  })

  test('benefits and risks are said in words, and so is what is not known', () => {
    const { candidates, supportUntil, isEnded } = propose('node:20', { today: '2026-06-01', nonLts: false })
    expect([supportUntil, isEnded]).toEqual(['2026-04-30', true])
    const of = (name: string) => candidates.find(one => one.name === name)
    expect(of('node:24')).toMatchObject({
      supportUntil: '2028-04-30',
      benefits: ['security fixes until 2028-04-30, and not only until 2026-04-30'],
    })
    expect(of('node:24')?.risks.join()).toContain('another major version')
    expect(of('node:24-alpine')?.risks.join()).toMatch(/musl.*native modules.*BusyBox.*apk/)
    expect(of('node:24-slim')?.risks.join()).toContain('without compilers')
    expect(of('gcr.io/distroless/nodejs24-debian12')?.risks.join()).toContain('without a shell')
    const unknown = propose('registry.example.com/team/thing:1.2.3', { today: '2026-06-01', nonLts: false })
    expect(unknown.supportUntil).toBeUndefined()
    expect(unknown.unverified.join()).toMatch(
      /catalogue of .* does not have registry\.example\.com\/team\/thing,until when .* is not known/,
    )
    expect(propose('Not A Name', { today: '2026-06-01', nonLts: false }).candidates).toEqual([])
    expect(propose(`debian@sha256:${'a'.repeat(64)}`, { today: '2026-06-01', nonLts: false }).unverified.join()).toContain(
      'names no tag',
    )
  })

  test('copies of official images in other registries: a distribution is believed when os-release agrees', () => {
    const name = 'registry.example.com/mirror/debian:12'
    expect(short(name, { distro: distroOf('debian', '12') })).toContain('release registry.example.com/mirror/debian:13')
    expect(short(name, { distro: distroOf('alpine', '3.20') })).toEqual(['refresh registry.example.com/mirror/debian:12'])
  })
})
