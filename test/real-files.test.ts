/** What real Dockerfiles hold and looks like a fault: lines of this kind were reported once, and should not have been. */
import { describe, expect, test } from 'vitest'
import { checkText } from '../src/index.ts'

const found = async (line: string, rule: string): Promise<readonly string[]> =>
  (await checkText(`FROM alpine:3.20\n${line}\nUSER nobody\n`)).report.findings
    .filter(finding => finding.rule === `dockerfile/${rule}`)
    .map(({ message }) => message)

describe('secret-file-copied', () => {
  test.each(['.ssh/authorized_keys', '.ssh/known_hosts', '.ssh/id_rsa.pub', '.yarnrc.yml', '.env.example'])(
    '%s is no secret',
    async file => {
      expect(await found(`COPY ${file} /x`, 'secret-file-copied')).toEqual([])
    },
  )
  test('.npmrc may hold one, a private key does', async () => {
    expect(await found('COPY .npmrc /x', 'secret-file-copied')).toEqual([
      '`.npmrc` may hold credentials, and everyone who has the image can read it',
    ])
    expect(await found('COPY .ssh/id_rsa /x', 'secret-file-copied')).toEqual([
      '`.ssh/id_rsa` holds credentials, and everyone who has the image can read it',
    ])
  })
})

describe('secret-arg-env-name', () => {
  test.each(['RESET_OS_PASSWORD="reset.sh"', 'sa_password="_"', 'DB_PASSWORD=', 'TOKEN=/run/secrets/token'])(
    'ENV %s gives nothing away',
    async pair => {
      expect(await found(`ENV ${pair}`, 'secret-arg-env-name')).toEqual([])
    },
  )
  test.each(['sa_password="Password123"', 'sa_password="$x"', 'PASSWORD=пароль'])('ENV %s does', async pair => {
    expect(await found(`ENV ${pair}`, 'secret-arg-env-name')).toHaveLength(1)
  })
})

describe('shell-form', () => {
  test('says what is true of a command that begins with exec', async () => {
    expect(await found('CMD exec gunicorn --bind :$PORT app', 'shell-form')).toEqual([
      '`CMD` in its shell form needs `/bin/sh` in the image, though `exec` lets the signals through',
    ])
    expect(await found('CMD cd /x && exec ./y', 'shell-form')).toEqual([
      '`CMD` in its shell form needs `/bin/sh` in the image, though `exec` lets the signals through',
    ])
    expect(await found('CMD gunicorn app', 'shell-form')).toEqual([
      '`CMD` in its shell form is run by `/bin/sh`, which may keep signals from the program',
    ])
  })
})
