import { assigned, looksRandom } from '../assigned.ts'
import { type Detector, hex, sampleText } from '../detector.ts'

export default {
  name: 'Spotify client secret',
  why: 'It signs in as the application.',
  revoke: 'Rotate it in the settings of the app at https://developer.spotify.com/dashboard.',
  link: 'https://developer.spotify.com/documentation/web-api/concepts/apps',
  keywords: ['spotify', 'spotipy'],
  pattern: assigned('spoti(?:fy|py)[_.-]?(?:client[_.-]?)?secret', '[0-9a-f]{32}'),
  prefix: /^$/,
  isReal: looksRandom,
  samples: {
    real: () => [`SPOTIFY_CLIENT_SECRET=${sampleText(32, hex, 1)}`, `"spotify-client-secret": "${sampleText(32, hex, 2)}"`],
    not: () => [
      `SPOTIFY_CLIENT_SECRET=${sampleText(31, hex)}`,
      `SPOTIFY_CLIENT_SECRET=${'0'.repeat(4)}…your-key`,
      'SPOTIFY_CLIENT_SECRET=${SPOTIFY_CLIENT_SECRET}',
    ],
  },
} satisfies Detector
