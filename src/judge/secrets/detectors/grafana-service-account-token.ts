import { crc32, type Detector, hex, sampleText } from '../detector.ts'

/** CRC-32 of all in front of the last underscore, the lowest byte first. */
const checksum = (text: string): string => {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32LE(crc32(text))
  return bytes.toString('hex')
}
const withChecksum = (seed: number): string => {
  const text = `glsa_${sampleText(32, undefined, seed)}`
  return `${text}_${checksum(text)}`
}

export default {
  name: 'Grafana service account token',
  why: 'It reads and changes dashboards and data sources; as an administrator, also users.',
  revoke: 'Delete it in Grafana under Administration → Users and access → Service accounts.',
  link: 'https://grafana.com/docs/grafana/latest/administration/service-accounts/',
  keywords: ['glsa_'],
  pattern: /glsa_[A-Za-z0-9]{32}_[0-9a-f]{8}/g,
  prefix: /^glsa_/,
  hasChecksum: true,
  isReal: secret => checksum(secret.slice(0, -9)) === secret.slice(-8),
  samples: {
    real: () => [withChecksum(1), withChecksum(2)],
    not: () => [`glsa_${sampleText(32)}_${sampleText(8, hex)}`, 'glsa_HOruNAb7SOiCdshU9algkrq7F'],
  },
} satisfies Detector
