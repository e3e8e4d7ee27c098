/** An OCI layout with an annotated manifest and a builder's attestation beside it, out of an archive of `docker save`. */
import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { run } from './components.ts'

export const annotated = (archive: string, folder: string): void => {
  mkdirSync(folder, { recursive: true })
  run('tar', ['-xf', archive, '-C', folder])
  const put = (value: unknown): { readonly digest: string; readonly size: number } => {
    const bytes = Buffer.from(JSON.stringify(value))
    const hex = createHash('sha256').update(bytes).digest('hex')
    mkdirSync(join(folder, 'blobs/sha256'), { recursive: true })
    writeFileSync(join(folder, 'blobs/sha256', hex), bytes)
    return { digest: `sha256:${hex}`, size: bytes.length }
  }
  const blob = (name: string): { readonly digest: string; readonly size: number } => {
    const bytes = readFileSync(join(folder, name))
    const hex = createHash('sha256').update(bytes).digest('hex')
    mkdirSync(join(folder, 'blobs/sha256'), { recursive: true })
    writeFileSync(join(folder, 'blobs/sha256', hex), bytes)
    return { digest: `sha256:${hex}`, size: bytes.length }
  }
  const [saved] = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')) as readonly [
    { Config: string; Layers: readonly string[] },
  ]
  const mediaType = 'application/vnd.oci.image.manifest.v1+json'
  const manifest = put({
    schemaVersion: 2,
    mediaType,
    config: { mediaType: 'application/vnd.oci.image.config.v1+json', ...blob(saved.Config) },
    layers: saved.Layers.map(name => ({ mediaType: 'application/vnd.oci.image.layer.v1.tar', ...blob(name) })),
    annotations: { 'org.opencontainers.image.base.name': 'docker.io/team/base:1', 'org.example.other': 'left out' },
  })
  const statement = put({
    predicateType: 'https://slsa.dev/provenance/v0.2',
    predicate: { materials: [{ uri: 'pkg:docker/team/other@1?platform=linux%2Famd64', digest: { sha256: 'ab'.repeat(32) } }] },
  })
  const attestation = put({
    schemaVersion: 2,
    mediaType,
    config: { mediaType: 'application/vnd.oci.image.config.v1+json', ...put({}) },
    layers: [
      {
        mediaType: 'application/vnd.in-toto+json',
        ...statement,
        annotations: { 'in-toto.io/predicate-type': 'https://slsa.dev/provenance/v0.2' },
      },
    ],
  })
  const architecture = process.arch === 'x64' ? 'amd64' : process.arch
  const index = put({
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.index.v1+json',
    manifests: [
      { mediaType, ...manifest, platform: { os: 'linux', architecture } },
      {
        mediaType,
        ...attestation,
        platform: { os: 'unknown', architecture: 'unknown' },
        annotations: { 'vnd.docker.reference.type': 'attestation-manifest', 'vnd.docker.reference.digest': manifest.digest },
      },
    ],
  })
  writeFileSync(
    join(folder, 'index.json'),
    JSON.stringify({
      schemaVersion: 2,
      manifests: [
        {
          mediaType: 'application/vnd.oci.image.index.v1+json',
          ...index,
          annotations: { 'org.opencontainers.image.ref.name': '1' },
        },
      ],
    }),
  )
  writeFileSync(join(folder, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}')
}
