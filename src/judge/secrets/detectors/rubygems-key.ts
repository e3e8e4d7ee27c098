import { type Detector, hex, sampleText } from '../detector.ts'

export default {
  name: 'RubyGems API key',
  why: 'It publishes gems in the name of its owner: everyone who installs them runs what the finder wrote.',
  revoke: 'Delete it at https://rubygems.org/profile/api_keys.',
  link: 'https://guides.rubygems.org/api-key-scopes/',
  keywords: ['rubygems_'],
  pattern: /\brubygems_[0-9a-f]{48}\b/g,
  prefix: /^rubygems_/,
  samples: {
    real: () => [`rubygems_${sampleText(48, hex)}`, `:rubygems_api_key: rubygems_${sampleText(48, hex, 2)}`],
    not: () => ['rubygems_version', `rubygems_${sampleText(40, hex)}`],
  },
} satisfies Detector
