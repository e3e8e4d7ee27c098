import type { Completeness } from '../../model/advisory.ts'
import type { Feed, FeedPart } from '../feed.ts'
import { osvItems } from '../osv-record.ts'

const host = 'https://storage.googleapis.com/osv-vulnerabilities'

/** npm's has a quarter of a million records; Ubuntu's and SUSE's are larger still. */
const limit = 2 * 1024 ** 3

/**
 * The export of one ecosystem: https://google.github.io/osv.dev/data/. A record that is about several ecosystems is in the export of each, and of each only its
 * own packages are taken.
 */
const part = (ecosystem: string, completeness: Completeness, ...replaces: readonly string[]): FeedPart => {
  const folder = `${host}/${encodeURIComponent(ecosystem)}`
  return {
    name: ecosystem,
    ecosystems: [ecosystem],
    completeness,
    downloads: [
      {
        url: `${folder}/all.zip`,
        limit,
        members: /\.json$/,
        changes: { list: `${folder}/modified_id.csv`, record: id => `${folder}/${encodeURIComponent(id)}.json` },
      },
    ],
    replaces,
  }
}

const feed: Feed = {
  title: 'OSV',
  home: 'https://osv.dev/',
  licence: 'CC-BY-4.0 AND CC0-1.0 AND MIT AND Apache-2.0 AND CC-BY-SA-4.0',
  attribution:
    'Vulnerability data of OSV (https://osv.dev/) and its sources (https://google.github.io/osv.dev/data/#data-sources)',
  rank: 50,
  parts: [
    part('npm', 'all', 'ghsa/npm', 'nodejs-security-wg/npm', 'retirejs/'),
    part('PyPI', 'all', 'pypa/'),
    part('Go', 'all'),
    part('crates.io', 'all', 'rustsec/'),
    part('Maven', 'all', 'ghsa/Maven'),
    part('RubyGems', 'all'),
    part('NuGet', 'all'),
    part('Packagist', 'all', 'friendsofphp/'),
    part('Hex', 'all'),
    part('Pub', 'all'),
    part('CRAN', 'all'),
    part('Bitnami', 'all', 'bitnami/'),
    part('Alpaquita', 'all', 'bellsoft/Alpaquita'),
    part('BellSoft Hardened Containers', 'all', 'bellsoft/BellSoft Hardened Containers'),
    part('AlmaLinux', 'fixed', 'almalinux/'),
    part('Rocky Linux', 'fixed'),
    part('Red Hat', 'fixed'),
    part('SUSE', 'fixed'),
    part('openSUSE', 'fixed'),
    part('Ubuntu', 'all'),
    part('Photon OS', 'fixed'),
    part('openEuler', 'fixed'),
    part('Mageia', 'fixed'),
    part('MinimOS', 'all'),
    part('Echo', 'all'),
    part('Azure Linux', 'all'),
  ],
  *read(file, part) {
    if (file.name.endsWith('.json')) yield* osvItems(file, part)
  },
}

export default feed
