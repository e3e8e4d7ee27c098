import { Unreadable } from '../cataloger.ts'
import type { Feed } from '../feed.ts'
import { ovalItems } from '../oval.ts'

/** By source packages: https://github.com/microsoft/AzureLinuxVulnerabilityData. Version 2 was called CBL-Mariner. */
const feed: Feed = {
  title: 'Azure Linux vulnerability data',
  home: 'https://github.com/microsoft/AzureLinuxVulnerabilityData',
  licence: 'MIT',
  rank: 10,
  parts: [
    {
      name: '',
      ecosystems: ['Azure Linux'],
      completeness: 'all',
      downloads: [
        {
          url: 'https://raw.githubusercontent.com/microsoft/AzureLinuxVulnerabilityData/main/azurelinux-3.0-oval.xml',
          limit: 256 * 1024 ** 2,
        },
      ],
    },
  ],
  *read(file) {
    if (!file.name.endsWith('.xml')) return
    const release = /(?:azurelinux|cbl-mariner)-(\d+)\.0-oval\.xml$/.exec(file.name)?.[1]
    if (release === undefined) throw new Unreadable('its name does not say of which release it is')
    yield* ovalItems(file.bytes, { ecosystem: `Azure Linux:${release}`, keyedBy: 'source' }, (advisory, definition) => {
      const number = /^(\d+)(?:-\d+)?$/.exec(advisory ?? '')?.[1]
      return number === undefined ? definition : `AZL-${number}`
    })
  },
}

export default feed
