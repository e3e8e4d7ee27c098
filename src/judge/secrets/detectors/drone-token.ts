import { assigned, looksRandom } from '../assigned.ts'
import { type Detector, hex, sampleText } from '../detector.ts'

export default {
  name: 'Drone CI token or shared secret',
  why: 'It starts builds in the name of its owner; the shared secret is handed jobs with their source code and secrets.',
  revoke: 'Rotate the token in the account settings of the server; set a new DRONE_RPC_SECRET on server and runners.',
  link: 'https://docs.drone.io/runner/docker/configuration/reference/drone-rpc-secret/',
  keywords: ['drone_token', 'drone_rpc_secret'],
  pattern: assigned('drone_token|drone_rpc_secret', '[A-Za-z0-9]{32}'),
  prefix: /^$/,
  isReal: looksRandom,
  samples: {
    real: () => [`DRONE_TOKEN=${sampleText(32)}`, `DRONE_RPC_SECRET=${sampleText(32, hex, 2)}`],
    not: () => ['DRONE_RPC_SECRET=super-duper-secret', 'DRONE_TOKEN=${DRONE_TOKEN}'],
  },
} satisfies Detector
