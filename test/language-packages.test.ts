/** What we find beside what the package managers themselves say is installed, on real installations. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { zstdCompressSync } from 'node:zlib'
import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import type { Cataloger } from '../src/read/cataloger.ts'
import { Unreadable } from '../src/read/cataloger.ts'
import { catalogers } from '../src/read/catalogers/registry.ts'
import { has, run } from './components.ts'
import { inventoryOfFolder, named } from './inventory.ts'

const top = mkdtempSync(join(tmpdir(), 'bulkhead-languages-'))
afterAll(() => rmSync(top, { recursive: true, force: true }))
const root = join(import.meta.dirname, '..')

const plant = (name: string, files: Readonly<Record<string, string>>): string => {
  const folder = join(top, name)
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
  return folder
}

test('npm: this repository, as npm ls has it', async () => {
  type Node = { name?: string; version?: string; dependencies?: Record<string, Node> }
  const listed = new Set<string>()
  const walk = (node: Node): void => {
    for (const [name, child] of Object.entries(node.dependencies ?? {})) {
      if (child.version) listed.add(`${name} ${child.version}`)
      walk(child)
    }
  }
  walk(JSON.parse(run('npm', ['ls', '--all', '--json'], { cwd: root })))
  const { packages: all, problems } = await inventoryOfFolder(join(root, 'node_modules/..'))
  expect(problems).toEqual([])
  // The examples are programs of their own.
  const packages = all.filter(({ at: [first] }) => first.in !== 'file' || !first.path.startsWith(join(root, 'examples/')))
  const found = named(packages, 'npm').filter(one => one !== 'bulkhead-workspace 0.1.0' && !one.startsWith('bulkhead '))
  expect([...listed].sort()).toEqual(found)
  expect(listed.size).toBeGreaterThan(60)
  const parser = packages.find(({ name }) => name === 'spdx-expression-parse')!
  expect(parser.dependsOn.map(url => url.replace(/@.*/, ''))).toEqual(['pkg:npm/spdx-exceptions', 'pkg:npm/spdx-license-ids'])
  expect(parser.licences).toEqual(['MIT'])
  const urls = new Set(packages.map(({ purl }) => purl))
  expect(packages.flatMap(({ dependsOn }) => dependsOn).filter(url => !urls.has(url))).toEqual([])
})

test('npm: links of pnpm, nested versions, markers of module kinds, what is broken', async () => {
  const pack = (name: string, version: string, more = ''): string => `{"name":"${name}","version":"${version}"${more}}`
  const folder = plant('pnpm', {
    'app/package.json': pack('app', '1.0.0', ',"dependencies":{"a":"1"}'),
    'app/node_modules/.pnpm/a@1.0.0/node_modules/a/package.json': pack('a', '1.0.0', ',"dependencies":{"b":"*"}'),
    'app/node_modules/.pnpm/a@1.0.0/node_modules/a/esm/package.json': '{"type":"module"}',
    'app/node_modules/.pnpm/b@2.0.0/node_modules/b/package.json': pack('b', '2.0.0'),
    'app/node_modules/.pnpm/b@2.0.0/node_modules/b/test/fixtures/package.json': pack('not-installed', '1.0.0'),
    'app/node_modules/@s/c/package.json': pack('@s/c', '3.0.0', ',"license":{"type":"MIT"}'),
    'app/node_modules/@s/c/node_modules/b/package.json': pack('b', '1.0.0'),
    'app/node_modules/broken/package.json': '{"name":',
    'src/package.json': pack('only-source', '1.0.0'),
  })
  symlinkSync('.pnpm/a@1.0.0/node_modules/a', join(folder, 'app/node_modules/a'))
  symlinkSync('../../b@2.0.0/node_modules/b', join(folder, 'app/node_modules/.pnpm/a@1.0.0/node_modules/b'))
  const { packages, problems } = await inventoryOfFolder(folder)
  expect(named(packages, 'npm')).toEqual(['@s/c 3.0.0', 'a 1.0.0', 'app 1.0.0', 'b 1.0.0', 'b 2.0.0'])
  const by = (purl: string) => packages.find(one => one.purl === purl)!
  expect(by('pkg:npm/app@1.0.0').dependsOn).toEqual(['pkg:npm/a@1.0.0'])
  expect(by('pkg:npm/a@1.0.0').dependsOn).toEqual(['pkg:npm/b@2.0.0'])
  expect(by('pkg:npm/%40s/c@3.0.0').licences).toEqual(['MIT'])
  expect(problems.map(({ code, message }) => `${code} ${message}`)).toEqual([
    'package-file-unreadable /app/node_modules/broken/package.json could not be read as node data: it is no JSON',
  ])
})

describe.skipIf(!has('python3') || !existsSync('/usr/lib/python3/dist-packages'))('Python (needs python3)', () => {
  test("what importlib.metadata lists in Debian's own folder", async () => {
    const script =
      'import importlib.metadata as m\nfor d in m.distributions(path=["/usr/lib/python3/dist-packages"]): print(d.metadata["Name"], d.version)'
    const listed = [...new Set(run('python3', ['-c', script]).trim().split('\n'))].sort()
    const { packages, problems } = await inventoryOfFolder('/usr/lib/python3')
    expect(problems).toEqual([])
    // In the image's tree /usr/lib/python3 is the root here: nothing else is in the way.
    expect(named(packages, 'pypi')).toEqual(listed)
    expect(listed.length).toBeGreaterThan(3)
  })
})

test('Python: owned files, extras, names that are written in several ways', async () => {
  const folder = plant('python', {
    'site/Foo_Bar-1.0.dist-info/METADATA':
      'Metadata-Version: 2.1\nName: Foo_Bar\nVersion: 1.0\nLicense: Apache-2.0\nRequires-Dist: baz.qux (>=1)\nRequires-Dist: nope ; extra == "x"\n\nRequires-Dist: body\n',
    'site/Foo_Bar-1.0.dist-info/RECORD': 'foo/__init__.py,sha256=x,1\n"foo/a,b.py",,\n../../bin/foo,,\n',
    'site/baz_qux-2.0.egg-info':
      'Metadata-Version: 1.0\nName: baz.qux\nVersion: 2.0\nClassifier: License :: OSI Approved :: MIT License\n',
    'site/x.egg-info/PKG-INFO': 'Name: x\r\nVersion: 3\r\n\r\n',
    'site/broken-1.dist-info/METADATA': 'nothing',
  })
  const { packages, problems } = await inventoryOfFolder(folder)
  expect(packages.map(({ purl }) => purl)).toEqual(['pkg:pypi/baz-qux@2.0', 'pkg:pypi/foo-bar@1.0', 'pkg:pypi/x@3'])
  expect(packages[1]!.dependsOn).toEqual(['pkg:pypi/baz-qux@2.0'])
  expect(packages[1]!.owns).toEqual(['/site/foo/__init__.py', '/site/foo/a,b.py', '/bin/foo'])
  expect(packages[0]!.licences).toEqual(['MIT License'])
  expect(problems).toHaveLength(1)
})

test('lock files, where no node_modules lies beside them', async () => {
  const folder = plant('locks', {
    'npm/package-lock.json': JSON.stringify({
      lockfileVersion: 3,
      packages: {
        '': { name: 'app' },
        'node_modules/a': { version: '1.0.0' },
        'node_modules/a/node_modules/@s/b': { version: '2.0.0' },
        'node_modules/d': { version: '9.0.0', dev: true },
      },
    }),
    'old/npm-shrinkwrap.json': JSON.stringify({
      dependencies: { a: { version: '0.1.0', dependencies: { c: { version: '3.0.0' } } }, g: { version: 'github:x/y' } },
    }),
    'yarn/yarn.lock':
      '# yarn lockfile v1\n\n\n"@s/x@^1.0.0", "@s/x@^1.1.0":\n  version "1.1.0"\n\nlodash@^4:\n  version "4.17.21"\n',
    'berry/yarn.lock': '"lodash@npm:^4":\n  version: 4.17.20\n\n"app@workspace:.":\n  version: 0.0.0\n',
    'pnpm/pnpm-lock.yaml':
      "lockfileVersion: '9.0'\npackages:\n  lodash@4.17.19:\n    resolution: {}\n  '@s/y@1.2.3(react@18.0.0)':\n    resolution: {}\n  /old/1.0.0:\n    dev: true\n",
    'installed/package-lock.json': JSON.stringify({ packages: { 'node_modules/not-there': { version: '1.0.0' } } }),
    'installed/node_modules/there/package.json': '{"name":"there","version":"1.0.0"}',
    'installed/node_modules/there/yarn.lock': 'dev-only@1:\n  version "1.0.0"\n',
    'broken/package-lock.json': '{[',
  })
  const { packages, problems } = await inventoryOfFolder(folder)
  expect(named(packages, 'npm')).toEqual([
    '@s/b 2.0.0',
    '@s/x 1.1.0',
    '@s/y 1.2.3',
    'a 0.1.0',
    'a 1.0.0',
    'c 3.0.0',
    'lodash 4.17.19',
    'lodash 4.17.20',
    'lodash 4.17.21',
    'there 1.0.0',
  ])
  expect(problems).toHaveLength(1)
})

test('lock files: packages by their own names, and none of what others were developed with', async () => {
  const folder = plant('aliases', {
    'berry/yarn.lock':
      '__metadata:\n  version: 8\n\n"alias@npm:lodash@^3":\n  version: 3.0.0\n  resolution: "lodash@npm:3.0.0"\n\n"typescript@patch:typescript@npm%3A^5#x":\n  version: 5.0.2\n  resolution: "typescript@patch:typescript@npm%3A5.0.2#x"\n\n? "@s/long@npm:^1, @s/long@npm:^1.1"\n:\n  version: 1.1.1\n  resolution: "@s/long@npm:1.1.1"\n\n"own@workspace:.":\n  version: 0.0.0-use.local\n  resolution: "own@workspace:."\n',
    'classic/yarn.lock':
      '# yarn lockfile v1\n\n\n"al@npm:left-pad@^1":\n  version "1.3.0"\n\n"cjs@npm:@s/x@^2", "cjs@npm:@s/x@^2.1":\n  version "2.1.0"\n',
    'npm/package-lock.json': JSON.stringify({
      lockfileVersion: 3,
      packages: { 'node_modules/alias': { name: 'ms', version: '2.0.0' } },
    }),
    'old/package-lock.json': JSON.stringify({ dependencies: { alias: { version: 'npm:@s/old@0.1.0' } } }),
    'pnpm/pnpm-lock.yaml':
      "importers:\n  .:\n    dependencies:\n      alias:\n        specifier: npm:qs@6\n        version: qs@6.1.0\npackages:\n  qs@6.1.0:\n    resolution: {}\n  '@s/q@1.0.0':\n    resolution: {}\n",
    ...Object.fromEntries(
      ['go/src/cmd/vendor/x', 'go/src/x', 'srv/vendor/a/b', 'lib/python3/site-packages/x', 'usr/gems/x-1', 'app/testdata'].map(
        place => [`${place}/package-lock.json`, JSON.stringify({ packages: { 'node_modules/not-there': { version: '1.0.0' } } })],
      ),
    ),
  })
  const { packages, problems } = await inventoryOfFolder(folder)
  expect(problems).toEqual([])
  expect(named(packages, 'npm')).toEqual([
    '@s/long 1.1.1',
    '@s/old 0.1.0',
    '@s/q 1.0.0',
    '@s/x 2.1.0',
    'left-pad 1.3.0',
    'lodash 3.0.0',
    'ms 2.0.0',
    'qs 6.1.0',
    'typescript 5.0.2',
  ])
})

test('lock files of NuGet, lists of Azure Linux, the stores of Nix and Homebrew', async () => {
  const hash = 'abcdefghijklmnopqrstuvwxyz012345'
  const lock = JSON.stringify({
    version: 1,
    dependencies: {
      'net8.0': {
        'Newtonsoft.Json': { type: 'Direct', resolved: '13.0.1', dependencies: { 'system.text': '[1.0.0, )' } },
        'System.Text': { type: 'Transitive', resolved: '1.0.2' },
        own: { type: 'Project' },
      },
    },
  })
  const folder = plant('stores', {
    'app/packages.lock.json': lock,
    'published/packages.lock.json': lock.replaceAll('13.0.1', '12.0.0'),
    'published/app.deps.json': '{"libraries":{"A/1.0.0":{"type":"package"}}}',
    'var/lib/rpmmanifest/container-manifest-1': 'openssl-libs-1.1.1k-5.cm1.x86_64\ngpg-pubkey-3135ce90-5e6fda74\n',
    [`nix/store/${hash}-openssl-3.0.13/lib/libssl.so.3`]: 'x',
    [`nix/store/${hash}-openssl-3.0.13/lib/libcrypto.so.3`]: 'x',
    [`nix/store/${hash.replace('a', 'b')}-glibc-2.39-52-bin/bin/getent`]: 'x',
    [`nix/store/${hash.replace('a', 'c')}-profile.d/etc/profile`]: 'x',
    'home/linuxbrew/.linuxbrew/Cellar/openssl@3/3.3.1_1/INSTALL_RECEIPT.json': '{}',
  })
  const { packages, problems } = await inventoryOfFolder(folder)
  expect(problems).toEqual([])
  expect(packages.map(({ purl }) => purl)).toEqual([
    'pkg:brew/openssl%403@3.3.1_1',
    `pkg:nix/glibc@2.39-52?output=bin&outputhash=${hash.replace('a', 'b')}`,
    `pkg:nix/openssl@3.0.13?outputhash=${hash}`,
    'pkg:nuget/A@1.0.0',
    'pkg:nuget/Newtonsoft.Json@13.0.1',
    'pkg:nuget/System.Text@1.0.2',
    'pkg:rpm/redhat/openssl-libs@1.1.1k-5.cm1?arch=x86_64',
  ])
  expect(packages.find(({ name }) => name === 'Newtonsoft.Json')!.dependsOn).toEqual(['pkg:nuget/System.Text@1.0.2'])
  const both = plant('both-manifests', {
    'var/lib/rpmmanifest/container-manifest-1': 'openssl-libs-1.1.1k-5.cm1.x86_64\n',
    'var/lib/rpmmanifest/container-manifest-2':
      'openssl-libs\t1.1.1k-5.cm1\t1\t1\tMicrosoft\t(none)\t1\tx86_64\t0\topenssl-1.1.1k-5.cm1.src.rpm\n',
  })
  expect((await inventoryOfFolder(both)).packages.map(({ purl }) => purl)).toEqual([
    'pkg:rpm/redhat/openssl-libs@1.1.1k-5.cm1?arch=x86_64&upstream=openssl-1.1.1k-5.cm1.src.rpm',
  ])
})

test.skipIf(!has('python3'))('an egg that is a ZIP archive (needs python3)', async () => {
  const folder = plant('eggs', { 'site/folder.egg/EGG-INFO/PKG-INFO': 'Name: unpacked\nVersion: 1\n', 'site/plain.egg': 'text' })
  const script =
    "import sys,zipfile\nwith zipfile.ZipFile(sys.argv[1],'w',zipfile.ZIP_DEFLATED) as z: z.writestr('EGG-INFO/PKG-INFO','Name: zipped\\nVersion: 2.1\\nRequires-Dist: unpacked\\n\\n')"
  run('python3', ['-c', script, join(folder, 'site/zipped-2.1-py3.11.egg')])
  writeFileSync(join(folder, 'site/broken.egg'), 'PK\x03\x04 cut off')
  const { packages, problems } = await inventoryOfFolder(folder)
  expect(named(packages, 'pypi')).toEqual(['unpacked 1', 'zipped 2.1'])
  expect(packages[1]!.dependsOn).toEqual(['pkg:pypi/unpacked@1'])
  expect(problems.map(({ message }) => message)).toEqual([
    '/site/broken.egg could not be read as python data: it has no end of a ZIP archive',
  ])
})

test('licences of Debian packages have the names that SPDX gives them', async () => {
  const folder = plant('debian', {
    'var/lib/dpkg/status': 'Package: a\nStatus: install ok installed\nVersion: 1\n\n',
    'usr/share/doc/a/copyright':
      'Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\n\nFiles: *\nLicense: GPL-2+\n\nFiles: b\nLicense: GPL-2.0+\n\nFiles: c\nLicense: Expat\n text\n\nFiles: d\nLicense: custom\n',
  })
  expect((await inventoryOfFolder(folder)).packages[0]!.licences).toEqual(['GPL-2.0-or-later', 'MIT', 'custom'])
})

test('Ruby, PHP, .NET, R, Erlang, Lua, Conda, WordPress: the forms that their documentation gives', async () => {
  const folder = plant('others', {
    'usr/local/bundle/specifications/rack-2.2.8.gemspec':
      '# -*- encoding: utf-8 -*-\n# stub: rack 2.2.8 ruby lib\n\nGem::Specification.new do |s|\n  s.name = "rack".freeze\n  s.version = "2.2.8"\n  s.licenses = ["MIT".freeze]\n  s.add_dependency(%q<nokogiri>.freeze, ["~> 1"])\nend\n',
    'usr/local/bundle/specifications/nokogiri-1.15.4-x86_64-linux.gemspec': '# stub: nokogiri 1.15.4 x86_64-linux lib\n',
    'usr/lib/ruby/gems/3.1.0/specifications/default/json-2.6.1.gemspec':
      'Gem::Specification.new do |s|\n  s.name = "json"\n  s.version = JSON::VERSION\nend\n',
    'srv/vendor/composer/installed.json': JSON.stringify({
      packages: [
        { name: 'symfony/console', version: 'v6.4.1', license: ['MIT'], require: { 'psr/log': '^3', php: '>=8' } },
        { name: 'psr/log', version: '3.0.0' },
      ],
    }),
    'old/vendor/composer/installed.json': '[{"name":"monolog/monolog","version":"1.2.3"}]',
    'app/shop.deps.json': JSON.stringify({
      targets: { '.NETCoreApp,Version=v8.0': { 'shop/1.0.0': {}, 'Npgsql/8.0.1': { dependencies: { 'Some.Lib': '2.0.0' } } } },
      libraries: {
        'shop/1.0.0': { type: 'project' },
        'Npgsql/8.0.1': { type: 'package' },
        'Some.Lib/2.0.0': { type: 'package' },
      },
    }),
    'usr/share/dotnet/shared/Microsoft.NETCore.App/8.0.1/Microsoft.NETCore.App.deps.json': '{"libraries":{}}',
    'usr/lib/R/site-library/ggplot2/DESCRIPTION':
      'Package: ggplot2\nVersion: 3.4.4\nLicense: MIT + file LICENSE\nDepends: R (>= 3.3)\nImports: cli,\n  rlang (>= 1.1.0)\nBuilt: R 4.3.1; ; 2023; unix\n',
    'usr/lib/R/site-library/rlang/DESCRIPTION': 'Package: rlang\nVersion: 1.1.2\nBuilt: R 4.3.1\n',
    'src/library/x/DESCRIPTION': 'Package: source\nVersion: 1\n',
    'usr/lib/erlang/lib/ssl-10.9/ebin/ssl.app':
      '%% comment\n{application, ssl, [{vsn, "10.9"}, {applications, [kernel,stdlib]}]}.',
    'app/lib/phoenix-1.7.10/ebin/phoenix.app': '{application,phoenix,[{vsn,"1.7.10"},{applications,[ssl]}]}.',
    'usr/local/lib/luarocks/rocks-5.1/lpeg/1.0.2-1/lpeg-1.0.2-1.rockspec': 'package = "LPeg"\nversion = "1.0.2-1"\n',
    'opt/conda/conda-meta/numpy-1.26.0-py311.json': JSON.stringify({
      name: 'numpy',
      version: '1.26.0',
      build: 'py311',
      channel: 'https://conda.anaconda.org/conda-forge/linux-64',
      subdir: 'linux-64',
      license: 'BSD-3-Clause',
      depends: ['python >=3.11'],
      files: ['lib/a.py'],
    }),
    'var/www/wp-includes/version.php': "<?php\n$wp_version = '6.4.2';\n",
    'var/www/wp-content/plugins/akismet/akismet.php': '<?php\n/*\nPlugin Name: Akismet Anti-spam\nVersion: 5.3\n*/\n',
    'var/www/wp-content/themes/twenty/style.css': '/*\nTheme Name: Twenty\nVersion: 1.2\n*/\n',
  })
  const { packages, problems } = await inventoryOfFolder(folder)
  expect(problems).toEqual([])
  expect(packages.map(({ purl }) => purl)).toEqual([
    'pkg:composer/monolog/monolog@1.2.3',
    'pkg:composer/psr/log@3.0.0',
    'pkg:composer/symfony/console@6.4.1',
    'pkg:conda/numpy@1.26.0?build=py311&channel=conda-forge&subdir=linux-64',
    'pkg:cran/ggplot2@3.4.4',
    'pkg:cran/rlang@1.1.2',
    'pkg:gem/json@2.6.1',
    'pkg:gem/nokogiri@1.15.4?platform=x86_64-linux',
    'pkg:gem/rack@2.2.8',
    'pkg:generic/wordpress/plugins/akismet@5.3',
    'pkg:generic/wordpress/themes/twenty@1.2',
    'pkg:generic/wordpress@6.4.2',
    'pkg:hex/phoenix@1.7.10',
    'pkg:luarocks/lpeg@1.0.2-1',
    'pkg:nuget/Microsoft.NETCore.App@8.0.1',
    'pkg:nuget/Npgsql@8.0.1',
    'pkg:nuget/Some.Lib@2.0.0',
    'pkg:otp/ssl@10.9',
  ])
  const depends = (purl: string) => packages.find(one => one.purl === purl)!.dependsOn
  expect(depends('pkg:gem/rack@2.2.8')).toEqual(['pkg:gem/nokogiri@1.15.4?platform=x86_64-linux'])
  expect(depends('pkg:composer/symfony/console@6.4.1')).toEqual(['pkg:composer/psr/log@3.0.0'])
  expect(depends('pkg:nuget/Npgsql@8.0.1')).toEqual(['pkg:nuget/Some.Lib@2.0.0'])
  expect(depends('pkg:cran/ggplot2@3.4.4')).toEqual(['pkg:cran/rlang@1.1.2'])
  expect(depends('pkg:hex/phoenix@1.7.10')).toEqual(['pkg:otp/ssl@10.9'])
})

test('Arch, Gentoo, OpenWrt, chiselled Ubuntu, embedded SBOMs: the forms that their documentation gives', async () => {
  const folder = plant('systems', {
    'etc/os-release': 'ID=arch\nPRETTY_NAME="Arch Linux"\n',
    'var/lib/pacman/local/openssl-3.2.0-1/desc':
      '%NAME%\nopenssl\n\n%VERSION%\n3.2.0-1\n\n%BASE%\nopenssl\n\n%ARCH%\nx86_64\n\n%LICENSE%\nApache\n\n%DEPENDS%\nglibc\nsh>1\n\n%PROVIDES%\nlibssl.so=3-64\n',
    'var/lib/pacman/local/openssl-3.2.0-1/files': '%FILES%\nusr/\nusr/bin/openssl\n\n%BACKUP%\netc/x\t0\n',
    'var/lib/pacman/local/glibc-2.38-7/desc': '%NAME%\nglibc\n\n%VERSION%\n2.38-7\n',
    'var/db/pkg/dev-libs/openssl-3.0.12-r1/CONTENTS':
      'dir /usr\nobj /usr/bin/o 0123456789abcdef0123456789abcdef 1700000000\nsym /usr/l -> m 1\n',
    'var/db/pkg/dev-libs/openssl-3.0.12-r1/LICENSE': 'Apache-2.0\n',
    'usr/lib/opkg/status':
      'Package: busybox\nVersion: 1.36.1-1\nDepends: libc\nStatus: install user installed\nArchitecture: x86_64\n\nPackage: libc\nVersion: 1.2\nStatus: install ok installed\n',
    'opt/bitnami/redis/.spdx-redis.spdx': JSON.stringify({
      spdxVersion: 'SPDX-2.3',
      packages: [
        {
          SPDXID: 'SPDXRef-1',
          name: 'redis',
          versionInfo: '7.2.3',
          externalRefs: [{ referenceType: 'purl', referenceLocator: 'pkg:bitnami/redis@7.2.3?arch=amd64' }],
        },
      ],
    }),
    'usr/share/x.cdx.json':
      '{"bomFormat":"CycloneDX","components":[{"type":"library","name":"zlib","version":"1.3","purl":"pkg:generic/zlib@1.3"}]}',
    'usr/share/broken.cdx.json': '{"bomFormat":',
    'src/bom.json': '{"parts":["not ours"]}',
  })
  mkdirSync(join(folder, 'var/lib/chisel'), { recursive: true })
  const wall =
    '{"jsonwall":"1.0","schema":"1.0","count":3}\n{"kind":"package","name":"base-files","version":"13ubuntu10","sha256":"x","arch":"amd64"}\n{"kind":"path","path":"/etc/os-release","mode":"0644","slices":["base-files_release-info"]}\n'
  writeFileSync(join(folder, 'var/lib/chisel/manifest.wall'), zstdCompressSync(wall))
  const { packages, problems } = await inventoryOfFolder(folder)
  expect(problems.map(({ message }) => message)).toEqual([
    '/usr/share/broken.cdx.json could not be read as embedded-sbom data: it is no JSON',
  ])
  expect(packages.map(({ purl }) => purl)).toEqual([
    'pkg:alpm/arch/glibc@2.38-7',
    'pkg:alpm/arch/openssl@3.2.0-1?arch=x86_64',
    'pkg:bitnami/redis@7.2.3?arch=amd64',
    'pkg:deb/arch/base-files@13ubuntu10?arch=amd64&distro=arch',
    'pkg:ebuild/dev-libs/openssl@3.0.12-r1',
    'pkg:generic/zlib@1.3',
    'pkg:opkg/arch/busybox@1.36.1-1?arch=x86_64',
    'pkg:opkg/arch/libc@1.2',
  ])
  const by = (part: string) => packages.find(({ purl }) => purl.includes(part))!
  expect(by('alpm/arch/openssl')).toMatchObject({
    dependsOn: ['pkg:alpm/arch/glibc@2.38-7'],
    owns: ['/usr/bin/openssl'],
    licences: ['Apache'],
  })
  expect(by('ebuild')).toMatchObject({ owns: ['/usr/bin/o', '/usr/l'], licences: ['Apache-2.0'] })
  expect(by('base-files').owns).toEqual(['/etc/os-release'])
  expect(by('busybox').dependsOn).toEqual(['pkg:opkg/arch/libc@1.2'])
})

/** A real text of each kind, to be mutated. */
const seeds: readonly (readonly [string, string, string])[] = [
  ['node', 'app/node_modules/x/package.json', readFileSync(join(root, 'node_modules/vitest/package.json'), 'utf8')],
  [
    'python',
    'x-1.dist-info/METADATA',
    'Metadata-Version: 2.1\nName: x\nVersion: 1\nRequires-Dist: y; extra == "z"\nClassifier: License :: OSI Approved\n\nbody',
  ],
  ['python', 'x-1.dist-info/RECORD', 'a,b,c\n"a,""b",,\n'],
  [
    'ruby',
    'specifications/x-1.gemspec',
    '# stub: x 1 ruby lib\nGem::Specification.new do |s|\n s.name = "x"\n s.licenses = ["MIT"]\nend',
  ],
  [
    'php',
    'vendor/composer/installed.json',
    '{"packages":[{"name":"a/b","version":"1","license":["MIT"],"require":{"c/d":"*"}}]}',
  ],
  [
    'dotnet',
    'x.deps.json',
    '{"targets":{"t":{"A/1":{"dependencies":{"B":"2"}}}},"libraries":{"A/1":{"type":"package"},"B/2":{"type":"package"}}}',
  ],
  ['r', 'library/x/DESCRIPTION', 'Package: x\nVersion: 1\nBuilt: R\nImports: a, b (>= 1)\n'],
  ['erlang', 'ebin/x.app', '{application,x,[{vsn,"1"},{applications,[kernel]}]}.'],
  ['conda', 'conda-meta/x.json', '{"name":"x","version":"1","depends":["a >1"],"files":["b"],"channel":"https://c/d/e"}'],
  ['apk', 'lib/apk/db/installed', 'C:Q1=\nP:a\nV:1-r0\nA:x\nD:so:libc.so b>1\np:so:a=1\nF:usr\nR:x\n\nP:b\nV:2\n\n'],
  [
    'dpkg',
    'var/lib/dpkg/status',
    'Package: a\nStatus: install ok installed\nVersion: 1\nDepends: b (>= 1) | c\nConffiles:\n /etc/x 0\n\n',
  ],
  ['alpm', 'var/lib/pacman/local/x/desc', '%NAME%\nx\n\n%VERSION%\n1\n\n%DEPENDS%\ny>1\n'],
  ['opkg', 'usr/lib/opkg/status', 'Package: a\nVersion: 1\nStatus: install ok installed\nDepends: b\n'],
  ['portage', 'var/db/pkg/a/b-1.0-r1/CONTENTS', 'obj /x 0123456789abcdef0123456789abcdef 17\nsym /y -> z 1\n'],
  [
    'embedded-sbom',
    'x.cdx.json',
    '{"bomFormat":"CycloneDX","components":[{"type":"library","name":"z","version":"1","purl":"pkg:npm/z@1","licenses":[{"expression":"MIT"}]}]}',
  ],
  ['os-release', 'etc/os-release', 'ID=debian\nVERSION_ID="12"\n'],
]

test('mutated texts give evidence or Unreadable, whatever they hold', () => {
  const values = ['null', '1', '[]', '{}', '"x"', '-', '\u0000', '\ud800', '[[[[', '"', '\n', ':']
  fc.assert(
    fc.property(
      fc.constantFrom(...seeds),
      fc.array(
        fc.record({ at: fc.double({ min: 0, max: 1, noNaN: true }), take: fc.nat(20), put: fc.constantFrom(...values, '') }),
        {
          minLength: 1,
          maxLength: 4,
        },
      ),
      ([name, path, seed], changes) => {
        let text = seed
        for (const { at, take, put } of changes) {
          const start = Math.floor(at * text.length)
          text = text.slice(0, start) + put + text.slice(start + take)
        }
        const bytes = new TextEncoder().encode(text)
        const cataloger = catalogers[name] as Cataloger
        const file = {
          path,
          size: bytes.length,
          read: (offset: number, length: number) => bytes.subarray(offset, offset + length),
        }
        let data: unknown
        try {
          data = cataloger.collect(file)
        } catch (error) {
          if (!(error instanceof Unreadable)) throw error
          return
        }
        if (data === undefined) return
        const at = { in: 'file', path: `/${path}`, span: { start: 0, end: 0 } } as const
        const view = { distro: undefined, typeOf: () => undefined, real: (p: string) => p, locate: () => undefined }
        // Evidence is plain data: it must survive the cache.
        const kept = JSON.parse(JSON.stringify(data))
        for (const one of cataloger.assemble([{ path, at, data: kept, earlier: [] }], view))
          if ('purl' in one) expect(one.purl).toMatch(/^pkg:[a-z]+\/.+/)
      },
    ),
    { numRuns: Number(process.env.BULKHEAD_FUZZ_RUNS ?? 3000) },
  )
})

test('texts that make careless patterns slow end like any other', () => {
  const long = 500_000
  const nasty: readonly (readonly [string, string, string])[] = [
    ['os-release', 'etc/os-release', `ID=${' '.repeat(60_000)}x`],
    [
      'ruby',
      'specifications/x-1.gemspec',
      `# stub: x 1 ruby lib\ns.add_dependency${' '.repeat(long)}\ns.version =${' '.repeat(long)}`,
    ],
    ['python', 'x-1.dist-info/METADATA', `Name: x\nVersion: 1\nRequires-Dist: ${';'.repeat(long)}\n`],
    ['python', 'x-1.dist-info/METADATA', `Name: x\nVersion: 1${'\n \n'.repeat(long / 10)}`],
    ['erlang', 'ebin/x.app', `{application, x, [{vsn, "1"}]}.${'\n'.repeat(long)}`],
    ['lua', 'rocks/x/1/x.rockspec', `${'\n'.repeat(long)}package = "x"`],
    [
      'r',
      'library/x/DESCRIPTION',
      `Package: x\nVersion: 1\nBuilt: R\nImports:${' a'.repeat(long / 2)}\n${' \n'.repeat(long / 2)}`,
    ],
    ['dpkg', 'var/lib/dpkg/status', `Package: a\nVersion: 1\n${' \t'.repeat(long)}\nDepends: ${'('.repeat(long)}\n`],
    ['dpkg', 'var/lib/dpkg/info/x.md5sums', `${'0'.repeat(long)} `],
    ['apk', 'lib/apk/db/installed', `P:a\nV:1\nD:${'<'.repeat(long)}${' a'.repeat(long)}\n`],
    ['node', `app/.yarn/cache/${'-npm-1'.repeat(600)}.zip`, 'x'],
    ['wordpress', 'wp-content/plugins/a/b.php', `Plugin Name:${' '.repeat(8000)}`],
    ['portage', 'var/db/pkg/a/b-1/CONTENTS', `obj ${'x '.repeat(long)}\n`],
    ['alpm', 'var/lib/pacman/local/x/desc', `%NAME%\nx\n\n%VERSION%\n1\n\n%DEPENDS%\n${'<'.repeat(long)}\n`],
  ]
  for (const [name, path, text] of nasty) {
    const bytes = new TextEncoder().encode(text)
    const file = { path, size: bytes.length, read: (offset: number, length: number) => bytes.subarray(offset, offset + length) }
    try {
      const data = (catalogers[name] as Cataloger).collect(file)
      const at = { in: 'file', path: `/${path}`, span: { start: 0, end: 0 } } as const
      const view = { distro: undefined, typeOf: () => undefined, real: (p: string) => p, locate: () => undefined }
      if (data !== undefined) for (const _ of (catalogers[name] as Cataloger).assemble([{ path, at, data, earlier: [] }], view));
    } catch (error) {
      expect(error).toBeInstanceOf(Unreadable)
    }
  }
})
