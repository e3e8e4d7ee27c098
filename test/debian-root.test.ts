/** A real Debian, made by debootstrap, beside what dpkg itself says is installed. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { has, run } from './components.ts'
import { inventoryOfFolder } from './inventory.ts'

const top = mkdtempSync(join(tmpdir(), 'bulkhead-debian-'))
afterAll(() => rmSync(top, { recursive: true, force: true }))

test.skipIf(process.getuid?.() !== 0 || !has('debootstrap', 'dpkg-query'))(
  'every package, source, dependency and owned file of a debootstrap root (needs root, debootstrap)',
  async () => {
    const root = join(top, 'root')
    run('debootstrap', ['--variant=minbase', '--include=python3-requests', 'bookworm', root])
    const query = (format: string, ...args: readonly string[]): readonly string[] =>
      run('dpkg-query', ['--admindir', `${root}/var/lib/dpkg`, '-W', '-f', format, ...args])
        .trim()
        .split('\n')
        .sort()
    const { packages, problems } = await inventoryOfFolder(root)
    expect(problems).toEqual([])
    const debs = packages.filter(({ ecosystem }) => ecosystem === 'deb')
    expect(debs.length).toBeGreaterThan(90)
    expect(
      debs.map(one => `${one.name} ${one.version} ${one.source?.name ?? one.name} ${one.source?.version ?? one.version}`).sort(),
    ).toEqual(query('${Package} ${Version} ${source:Package} ${source:Version}\n'))
    for (const name of ['libc6', 'python3-requests', 'base-files']) {
      const listed = run('dpkg-query', ['--admindir', `${root}/var/lib/dpkg`, '-L', name])
        .split('\n')
        .filter(path => path.startsWith('/') && path !== '/.')
      const owned = new Set(debs.find(one => one.name === name)!.owns)
      expect(listed.filter(path => !owned.has(path))).toEqual([])
    }
    expect(debs.find(({ name }) => name === 'bash')!.licences).toContain('GPL-3.0-or-later')
    // Most have a copyright file that machines can read.
    expect(debs.filter(({ licences }) => licences.length > 0).length).toBeGreaterThan(debs.length / 2)
    const requests = debs.find(({ name }) => name === 'python3-requests')!
    // One package with two proofs, and no second one.
    expect(requests.aliases?.[0]).toMatch(/^pkg:pypi\/requests@/)
    expect(requests.at).toHaveLength(2)
    expect(packages.some(({ purl }) => purl.startsWith('pkg:pypi/requests@'))).toBe(false)
    const names = requests.dependsOn.map(url => /\/([^/@]+)@/.exec(url)![1])
    expect(names).toEqual(expect.arrayContaining(['python3', 'python3-certifi', 'python3-urllib3']))
    // Whatever else is found belongs to a package of Debian's, and says so.
    expect(packages.filter(one => one.ecosystem !== 'deb' && one.ownedBy === undefined).map(({ purl }) => purl)).toEqual([])
  },
  240_000,
)
