import assert from 'node:assert/strict'
import { test } from 'vitest'
import { untilStill } from '../../../../test/harden-still.ts'
import without from './development-requirements.ts'

const still = (dockerfile: string): ReturnType<typeof untilStill> =>
  untilStill(without, {
    dockerfile,
    context: { 'requirements.txt': '', 'requirements-dev.txt': '-r requirements.txt\npytest\n' },
  })

test('what only tests need is not installed', async () => {
  const { text, titles } = await still(
    'FROM python:3.11\nWORKDIR /app\nCOPY . .\nRUN pip install -r requirements.txt\n# for the tests\nRUN pip install -r requirements-dev.txt\nCMD ["gunicorn", "a:b"]\n',
  )
  assert.equal(text, 'FROM python:3.11\nWORKDIR /app\nCOPY . .\nRUN pip install -r requirements.txt\nCMD ["gunicorn", "a:b"]\n')
  assert.match(titles[0]!, /`requirements-dev\.txt`/)
  assert.equal((await still(text)).text, text)
  const joined = await still(
    'from python:3.11\r\ncopy . .\r\nrun pip install -r requirements/base.txt \\\r\n && pip3 install -r requirements/test.txt\r\n',
  )
  assert.equal(joined.text, 'from python:3.11\r\ncopy . .\r\nrun pip install -r requirements/base.txt\r\n')
})

test('one of several files is taken out of the command', async () => {
  const of = (rest: string): string => `FROM python:3.11\nCOPY . .\nRUN pip install ${rest} && echo\n`
  assert.equal((await still(of('-r requirements.txt -r requirements-dev.txt'))).text, of('-r requirements.txt'))
  assert.equal((await still(of('--requirement=test-requirements.txt -r a.txt -q'))).text, of('-r a.txt -q'))
})

test('what is used, or installs the program’s own packages too, stays', async () => {
  for (const [rest, reason] of [
    ['RUN pip install -r requirements-dev.txt\nRUN pytest\n', /may use what/],
    ['RUN pip install -r requirements-dev.txt\nCMD ["pytest"]\n', /may use what/],
    ['RUN if true; then pip install -r requirements-dev.txt; fi\n', /among other commands/],
    ['RUN pip install -r requirements-dev.txt flask\n', /among other commands/],
    ['RUN pip install -r requirements.txt -r requirements-dev.txt && pytest\n', /may use what/],
    ['RUN pip install -r device-list.txt\n', undefined],
  ] as const) {
    const dockerfile = `FROM python:3.11\nCOPY . .\nRUN pip install -r requirements.txt\n${rest}`
    const { text, left } = await still(dockerfile)
    assert.equal(text, dockerfile)
    if (reason) assert.match(left?.leftOut ?? '', reason)
    else assert.equal(left, undefined)
  }
  const alone = 'FROM python:3.11\nCOPY . .\nRUN pip install -r requirements-dev.txt\n'
  assert.equal((await still(alone)).text, alone)
})
