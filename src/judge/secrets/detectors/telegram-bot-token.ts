import { looksRandom } from '../assigned.ts'
import { type Detector, sampleText } from '../detector.ts'

export default {
  name: 'Telegram bot token',
  why: 'It is the bot: whoever has it reads what people write to it, and answers in its name.',
  revoke: 'Send /revoke to @BotFather.',
  link: 'https://core.telegram.org/bots/api#authorizing-your-bot',
  keywords: [':aa'],
  // Of nine or ten digits today. The two of the documentation are nobody’s.
  pattern: /(?<![\w:-])\d{8,10}:AA[A-Za-z0-9_-]{33}(?![\w-])/g,
  prefix: /^$/,
  isReal: secret => looksRandom(secret.slice(-33)) && !/^(?:110201543|4839574812):/.test(secret),
  samples: {
    real: () => [
      `1${sampleText(9, '0123456789')}:AA${sampleText(33)}`,
      `5${sampleText(8, '0123456789', 2)}:AA${sampleText(33, undefined, 2)}`,
    ],
    not: () => [
      '123456:ABC-DEF1234ghIkl-zyx57W2v1u123ew11',
      `1${sampleText(9, '0123456789')}:AA${sampleText(20)}`,
      `110201543:AA${'HdqTcvCH1vGWJxfSeofSAs0K5PALDsaw'}`,
      `4839574812:AA${'FD39kkdpWt3ywyRZergyOLMaJhac60qc'}K`,
    ],
  },
} satisfies Detector
