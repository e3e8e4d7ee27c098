import { type Detector, hex, sampleText } from '../detector.ts'

export default {
  name: 'Clojars deploy token',
  why: 'It publishes libraries in the name of its owner: everyone who builds with them runs what the finder wrote.',
  revoke: 'Disable it at https://clojars.org/tokens.',
  link: 'https://github.com/clojars/clojars-web/wiki/Deploy-Tokens',
  keywords: ['clojars_'],
  pattern: /\bCLOJARS_[0-9a-z]{60}\b/g,
  prefix: /^CLOJARS_/,
  samples: {
    real: () => [`CLOJARS_${sampleText(60, hex)}`, `CLOJARS_PASSWORD=CLOJARS_${sampleText(60, hex, 2)}`],
    not: () => ['CLOJARS_USERNAME', `CLOJARS_${sampleText(40, hex)}`],
  },
} satisfies Detector
