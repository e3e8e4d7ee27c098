import { type Detector, sampleText } from '../detector.ts'

/** The first part is the number of the bot, in base 64. */
const userOf = (secret: string): string => Buffer.from(secret.split('.')[0]!, 'base64url').toString('latin1')

const token = (first: string, seed: number): string => {
  const user = Buffer.from(first + sampleText(17, '0123456789', seed)).toString('base64url')
  return `${user}.G${sampleText(5, undefined, seed)}.${sampleText(38, undefined, seed + 1)}`
}

export default {
  name: 'Discord bot token',
  why: 'It is the bot: whoever has it reads and writes wherever the bot was invited, and bans or deletes where it may.',
  revoke: 'Reset the token on the Bot page of the application at https://discord.com/developers/applications.',
  link: 'https://discord.com/developers/docs/reference#authentication',
  keywords: ['discord', 'bot_token', 'bottoken'],
  pattern: /(?<![\w.-])[MNO][A-Za-z0-9_-]{22,27}\.[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{27,40}(?![\w.-])/g,
  prefix: /^$/,
  isReal: secret => /^[1-9]\d{16,19}$/.test(userOf(secret)),
  samples: {
    real: () => [`DISCORD_TOKEN=${token('1', 1)}`, `discord: '${token('9', 2)}'`],
    not: () => [`DISCORD_TOKEN=M${sampleText(23)}.${sampleText(6)}.${sampleText(38)}`, 'DISCORD_TOKEN=your-bot-token'],
  },
} satisfies Detector
