/** The image that reading is measured with: a real Debian, npm and Python packages, jars in jars, Go programs, in several layers. */
import { execFileSync, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const sh = (command: string, cwd: string): void => {
  execFileSync('bash', ['-euo', 'pipefail', '-c', command], {
    cwd,
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, PATH: `${process.env.PATH}:/usr/sbin:/sbin` },
  })
}

export type BenchImage = {
  /** Uncompressed layers, in order. */
  readonly layers: readonly string[]
  readonly gzip: readonly string[]
  /** A docker-archive with uncompressed layers; OCI layouts with gzip and zstd layers. */
  readonly archive: string
  readonly ociGzip: string
  readonly ociZstd: string
  readonly files: number
  readonly bytes: number
  readonly gzipBytes: number
}

/** Makes it in `folder`, unless it is there. */
export const makeImage = (folder: string): BenchImage => {
  mkdirSync(folder, { recursive: true })
  const done = join(folder, 'done')
  if (!existsSync(done)) build(folder)
  const names = ['debian', 'npm', 'python', 'java', 'go']
  const layers = names.map(name => join(folder, `${name}.tar`))
  const gzip = layers.map(layer => `${layer}.gz`)
  const size = (paths: readonly string[]): number => paths.reduce((sum, path) => sum + statSync(path).size, 0)
  return {
    layers,
    gzip,
    archive: join(folder, 'archive.tar'),
    ociGzip: join(folder, 'oci-gzip'),
    ociZstd: join(folder, 'oci-zstd'),
    files: Number(readFileSync(done, 'utf8')),
    bytes: size(layers),
    gzipBytes: size(gzip),
  }
}

const build = (folder: string): void => {
  const root = join(import.meta.dirname, '..')
  const at = (name: string): string => join(folder, name)
  for (const name of readdirSync(folder)) rmSync(at(name), { recursive: true, force: true })
  console.error('making the image: debootstrap')
  sh(
    'debootstrap --variant=minbase --include=python3,perl bookworm root >/dev/null && tar -C root --exclude=./var/cache --exclude=./proc --exclude=./sys --exclude=./dev -cf debian.tar . && rm -rf root',
    folder,
  )

  console.error('npm and Python packages')
  const modules = join(root, 'node_modules')
  // Copies under other names: what is in them is real.
  const real = readdirSync(modules).filter(
    name => /^[a-z]/.test(name) && !/^(?:node-|typescript|vite$|rolldown|vitest)/.test(name),
  )
  let packages = 0
  for (let copy = 0; packages < 1050; copy++)
    for (const name of real) {
      const target = at(`npm/srv/app${copy % 4}/node_modules/${name}-${copy}`)
      cpSync(join(modules, name), target, { recursive: true })
      const file = join(target, 'package.json')
      const parsed = JSON.parse(readFileSync(file, 'utf8')) as { name: string }
      writeFileSync(file, JSON.stringify({ ...parsed, name: `${parsed.name}-${copy}` }, undefined, 2))
      packages++
    }
  sh('tar -C npm -cf npm.tar .', folder)
  const library = '/usr/lib/python3.11'
  const sources = readdirSync(library).filter(name => name.endsWith('.py'))
  for (let i = 0; i < 220; i++) {
    const site = at('python/usr/local/lib/python3.11/site-packages')
    mkdirSync(join(site, `package_${i}`), { recursive: true })
    mkdirSync(join(site, `package_${i}-1.${i}.dist-info`))
    const own = Array.from({ length: 40 }, (_, j) => sources[(i * 7 + j) % sources.length]!)
    for (const name of own) cpSync(join(library, name), join(site, `package_${i}`, name))
    writeFileSync(
      join(site, `package_${i}-1.${i}.dist-info/METADATA`),
      `Metadata-Version: 2.1\nName: package-${i}\nVersion: 1.${i}\nLicense: MIT\nRequires-Dist: package-${(i + 1) % 220}\n\ntext\n`,
    )
    writeFileSync(
      join(site, `package_${i}-1.${i}.dist-info/RECORD`),
      own.map(name => `package_${i}/${name},sha256=x,1\n`).join(''),
    )
  }
  sh('tar -C python -cf python.tar .', folder)

  console.error('jars, Go programs')
  mkdirSync(at('java/opt/lib'), { recursive: true })
  writeFileSync(
    at('jars.py'),
    `import zipfile, io, os
classes = open('/usr/lib/python3.11/lib-dynload/' + sorted(os.listdir('/usr/lib/python3.11/lib-dynload'))[0], 'rb').read()
for i in range(30):
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, 'w', zipfile.ZIP_DEFLATED) as z:
        z.writestr('META-INF/maven/org.inner/inner%d/pom.properties' % i, 'groupId=org.inner\\nartifactId=inner%d\\nversion=2.%d\\n' % (i, i))
        for j in range(60): z.writestr('org/inner/C%d.class' % j, classes[: 4000 + 100 * j])
    with zipfile.ZipFile('java/opt/lib/outer%d-1.%d.jar' % (i, i), 'w', zipfile.ZIP_DEFLATED) as z:
        z.writestr('META-INF/maven/org.outer/outer%d/pom.properties' % i, 'groupId=org.outer\\nartifactId=outer%d\\nversion=1.%d\\n' % (i, i))
        z.writestr('BOOT-INF/lib/inner%d-2.%d.jar' % (i, i), inner.getvalue(), zipfile.ZIP_STORED if i % 2 else zipfile.ZIP_DEFLATED)
        for j in range(300): z.writestr('org/outer/C%d.class' % j, classes[100 * j : 100 * j + 6000])
`,
  )
  sh('python3 jars.py && tar -C java -cf java.tar .', folder)
  mkdirSync(at('gosrc'))
  mkdirSync(at('go/usr/local/bin'), { recursive: true })
  writeFileSync(at('gosrc/go.mod'), 'module example.org/bench\n')
  for (let i = 0; i < 20; i++) {
    const imports = ['net/http', 'crypto/tls', 'encoding/json', 'archive/zip', 'image/png', 'text/template', 'go/parser'].slice(
      0,
      3 + (i % 5),
    )
    writeFileSync(
      at('gosrc/main.go'),
      `package main\nimport (\n${imports.map(name => `_ "${name}"\n`).join('')})\nfunc main() { println(${i}) }\n`,
    )
    sh(`GOFLAGS=-mod=mod GOPROXY=off go build -buildvcs=false -o ../go/usr/local/bin/tool${i} .`, at('gosrc'))
  }
  sh('tar -C go -cf go.tar .', folder)
  const files = Number(
    spawnSync('bash', ['-c', 'for f in debian npm python java go; do tar tf $f.tar; done | wc -l'], {
      cwd: folder,
      encoding: 'utf8',
    }).stdout,
  )

  console.error('archives')
  sh('for f in debian npm python java go; do gzip -6 -k $f.tar; zstd -q -3 $f.tar; done', folder)
  const names = ['debian', 'npm', 'python', 'java', 'go']
  const hash = (path: string): string => createHash('sha256').update(readFileSync(path)).digest('hex')
  const diffIds = names.map(name => `sha256:${hash(at(`${name}.tar`))}`)
  const config = JSON.stringify({
    architecture: 'amd64',
    os: 'linux',
    config: {},
    rootfs: { type: 'layers', diff_ids: diffIds },
    history: names.map(name => ({ created_by: `COPY ${name} /`, created: '2026-01-01T00:00:00Z' })),
  })
  const configHash = createHash('sha256').update(config).digest('hex')
  mkdirSync(at('save'))
  writeFileSync(at(`save/${configHash}.json`), config)
  for (const [i, name] of names.entries()) {
    mkdirSync(at(`save/${i}`))
    cpSync(at(`${name}.tar`), at(`save/${i}/layer.tar`))
  }
  writeFileSync(
    at('save/manifest.json'),
    JSON.stringify([{ Config: `${configHash}.json`, RepoTags: ['bench:1'], Layers: names.map((_, i) => `${i}/layer.tar`) }]),
  )
  sh(`tar -C save -cf archive.tar ${names.map((_, i) => i).join(' ')} ${configHash}.json manifest.json && rm -r save`, folder)
  for (const [kind, ending] of [
    ['gzip', 'gz'],
    ['zstd', 'zst'],
  ] as const) {
    const blobs = at(`oci-${kind}/blobs/sha256`)
    mkdirSync(blobs, { recursive: true })
    const put = (text: string): { digest: string; size: number } => {
      const hex = createHash('sha256').update(text).digest('hex')
      writeFileSync(join(blobs, hex), text)
      return { digest: `sha256:${hex}`, size: text.length }
    }
    const layers = names.map(name => {
      const path = at(`${name}.tar.${ending}`)
      const hex = hash(path)
      cpSync(path, join(blobs, hex))
      return { mediaType: `application/vnd.oci.image.layer.v1.tar+${kind}`, digest: `sha256:${hex}`, size: statSync(path).size }
    })
    const manifest = put(
      JSON.stringify({
        schemaVersion: 2,
        mediaType: 'application/vnd.oci.image.manifest.v1+json',
        config: { mediaType: 'application/vnd.oci.image.config.v1+json', ...put(config) },
        layers,
      }),
    )
    writeFileSync(
      at(`oci-${kind}/index.json`),
      JSON.stringify({
        schemaVersion: 2,
        manifests: [
          {
            mediaType: 'application/vnd.oci.image.manifest.v1+json',
            ...manifest,
            annotations: { 'org.opencontainers.image.ref.name': 'bench:1' },
          },
        ],
      }),
    )
    writeFileSync(at(`oci-${kind}/oci-layout`), '{"imageLayoutVersion":"1.0.0"}')
  }
  for (const name of ['npm', 'python', 'java', 'go', 'gosrc']) rmSync(at(name), { recursive: true })
  writeFileSync(at('done.part'), String(files))
  renameSync(at('done.part'), at('done'))
}
