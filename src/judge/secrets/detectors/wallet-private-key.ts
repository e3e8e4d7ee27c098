import { assigned, looksRandom } from '../assigned.ts'
import { type Detector, hex, sampleText } from '../detector.ts'

export default {
  name: 'Private key in hexadecimal digits',
  why: 'Of a wallet (Ethereum and its kind): whoever has it takes what it holds, and nobody gets it back.',
  revoke: 'Move everything to a new account at once; such a key cannot be revoked.',
  link: 'https://ethereum.org/developers/docs/accounts/',
  keywords: ['private_key', 'privatekey', 'private-key'],
  // The accounts that Hardhat, Anvil and Ganache give to everyone are nobody’s.
  pattern: assigned(
    // Of other kinds than wallets no one writes 0x in front.
    String.raw`(?:(?:eth|ethereum|evm|wallet|deployer|owner|signer|relayer|minter|account|mainnet|sepolia|polygon)[\w.-]{0,24}private[_.-]?key|private[_.-]?key(?=["'\\]{0,3}\s{0,4}[=:]?>?\s{0,4}["'\\]{0,3}0x))`,
    '(?:0x)?[0-9a-f]{64}',
  ),
  prefix: /^0x/,
  isReal: secret =>
    looksRandom(secret) &&
    !/^(?:0x)?(?:ac0974bec39a17e3|59c6995e998f97a5|5de4111afa1a4b94|7c852118294e51e6|47e179ec19748859|8b3a350cf5c34c91|4f3edf983ac636a6)/i.test(
      secret,
    ),
  samples: {
    real: () => [`DEPLOYER_PRIVATE_KEY=0x${sampleText(64, hex, 1)}`, `"privateKey": "0x${sampleText(64, hex, 2)}"`],
    not: () => [
      `PRIVATE_KEY=0x${sampleText(62, hex)}`,
      `PRIVATE_KEY=0x${'ac0974bec39a17e36ba4a6b4d238ff94'}4bacb478cbed5efcae784d7bf4f2ff80`,
    ],
  },
} satisfies Detector
