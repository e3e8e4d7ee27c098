import { expect, test } from 'vitest'
import { untilStill } from '../../../../test/harden-still.ts'
import { sampleText } from '../../../judge/secrets/detector.ts'
import secretEnv from './secret-env.ts'

const secret = sampleText(24, undefined, 5)
const after = async (dockerfile: string): Promise<string> => (await untilStill(secretEnv, { dockerfile })).text

test('a secret leaves, alone with its line and the comment on it, or out of several', async () => {
  expect(await after(`FROM debian:12\n# for the shop\nENV DB_PASSWORD=${secret}\nCMD ["a"]\n`)).toBe(
    'FROM debian:12\nCMD ["a"]\n',
  )
  expect(await after(`FROM debian:12\nENV A=1 DB_PASSWORD=${secret} B=2\n`)).toBe('FROM debian:12\nENV A=1 B=2\n')
  expect(await after(`FROM debian:12\nENV DB_PASSWORD=${secret} \\\n    B=2\n`)).toBe('FROM debian:12\nENV B=2\n')
  expect(await after(`FROM debian:12\nENV A=1 \\\n    DB_PASSWORD="${secret}"\n`)).toBe('FROM debian:12\nENV A=1\n')
  expect(await after(`from debian:12\nenv DB_PASSWORD ${secret}\n`)).toBe('from debian:12\n')
})

test('of a stage below the final one, too; and what it is must be given is said', async () => {
  const { text, titles } = await untilStill(secretEnv, {
    dockerfile: `FROM debian:12 AS base\nENV API_TOKEN=${secret}\nFROM base\nCMD ["a"]\n`,
  })
  expect(text).toBe('FROM debian:12 AS base\nFROM base\nCMD ["a"]\n')
  expect(titles).toEqual(['Take `API_TOKEN` out of the image; it is given when the container starts'])
})

test.each([
  ['a step reads it', `FROM debian:12\nENV DB_PASSWORD=${secret}\nRUN migrate --password "$DB_PASSWORD"\n`],
  ['another variable is made of it', `FROM debian:12\nENV DB_PASSWORD=${secret}\nENV URL=postgres://a:$DB_PASSWORD@db\n`],
  ['a heredoc reads it', `FROM debian:12\nENV DB_PASSWORD=${secret}\nRUN <<EOF\nmigrate $DB_PASSWORD\nEOF\n`],
  ['the start names it', `FROM debian:12\nENV DB_PASSWORD=${secret}\nCMD serve --password $DB_PASSWORD\n`],
  ['it is no secret', 'FROM debian:12\nENV DB_HOST=database PASSWORD_FILE=/run/secrets/db\n'],
  ['it comes from outside', 'FROM debian:12\nARG PASSWORD\nENV DB_PASSWORD=$PASSWORD\n'],
])('it stays: %s', async (_, text) => {
  expect(await after(text)).toBe(text)
})

test('another value that holds the same word is no secret by that', async () => {
  expect(await after('FROM debian:12\nENV SETUP_EMAIL=shop@example.com SETUP_PASSWORD=shop\n')).toBe(
    'FROM debian:12\nENV SETUP_EMAIL=shop@example.com\n',
  )
})
