/** The real process: what a person types, and what they get for bad input. */
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'

const program = join(import.meta.dirname, '../src/cli/run.ts')
const top = mkdtempSync(join(tmpdir(), 'bulkhead-cli-'))
afterAll(() => rmSync(top, { recursive: true, force: true }))

let count = 0
/** A folder with these files. */
const folder = (files: Readonly<Record<string, string | Uint8Array>>): string => {
  const path = join(top, String(count++))
  mkdirSync(path)
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(path, name)), { recursive: true })
    writeFileSync(join(path, name), content)
  }
  return path
}
const run = (cwd: string, args: readonly string[], input = '') => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args], {
    cwd,
    input,
    encoding: 'utf8',
    env: { ...process.env, FORCE_COLOR: '', NO_COLOR: '' },
  })
  return { status, stdout, stderr }
}
const clean = 'FROM example.com/base:1\nUSER nobody\nCMD ["true"]\n'

describe('bad input gets one clear line and exit code 2', () => {
  const expectLine = (result: ReturnType<typeof run>, line: RegExp): void => {
    expect(result.stderr + result.stdout).toMatch(line)
    expect(result.stderr + result.stdout).not.toMatch(/\n\s+at .*:\d+:\d+/)
    expect(result.status).toBe(2)
  }
  test('a missing path', () => expectLine(run(folder({}), ['check', 'nowhere']), /nowhere does not exist/))
  test('a folder without Dockerfiles', () =>
    expectLine(run(folder({ 'a.txt': '' }), ['check']), /no Dockerfile, Compose or Kubernetes file in this folder/))
  test('a binary file', () =>
    expectLine(run(folder({ Dockerfile: new Uint8Array([0, 1, 2]) }), ['check']), /Dockerfile is a binary file/))
  test('something that is no file', () => expectLine(run(folder({}), ['check', '/dev/null']), /not an ordinary file/))
  test('broken YAML in the configuration, with its position', () =>
    expectLine(run(folder({ Dockerfile: clean, 'bulkhead.yaml': 'rules:\n  a: [\n' }), ['check']), /bulkhead\.yaml:\d+:\d+: /))
  test('an unknown key', () =>
    expectLine(
      run(folder({ Dockerfile: clean, 'bulkhead.yaml': 'version: 1\nrule: {}\n' }), ['check']),
      /bulkhead\.yaml:2:1: unknown key `rule`; did you mean `rules`\?/,
    ))
  test('an unknown rule in the configuration', () =>
    expectLine(
      run(folder({ Dockerfile: clean, 'bulkhead.yaml': 'rules:\n  dockerfile/user-mising: off\n' }), ['check']),
      /bulkhead\.yaml:2:3: unknown rule `dockerfile\/user-mising`; did you mean `dockerfile\/user-missing`\?/,
    ))
  test('an ignore without a reason', () =>
    expectLine(
      run(folder({ Dockerfile: clean, 'bulkhead.yaml': 'ignore:\n  - rule: DL3006\n' }), ['check']),
      /bulkhead\.yaml:2:5: .*reason/,
    ))
  test('an unknown rule on the command line', () =>
    expectLine(
      run(folder({ Dockerfile: clean }), ['check', '--only', 'DL300']),
      /unknown rule `DL300`[\s\S]*did you mean DL3\d+\?/,
    ))
  test('an unknown rule to explain', () =>
    expectLine(run(folder({}), ['explain', 'user-mising']), /unknown rule `user-mising`[\s\S]*did you mean user-missing\?/))
  test('an unknown option', () => expectLine(run(folder({ Dockerfile: clean }), ['check', '--fixx']), /unknown option '--fixx'/))
  test('an unknown command', () => expectLine(run(folder({}), ['chek']), /unknown command 'chek'/))
  test('a baseline that is none', () =>
    expectLine(run(folder({ Dockerfile: clean, b: '{}' }), ['check', '--baseline', 'b']), /b is not a baseline/))
})

describe('check', () => {
  test('exit codes: clean, findings, threshold', () => {
    const path = folder({ 'ok/Dockerfile': clean, 'bad/Dockerfile': 'FROM alpine:3.20\n' })
    expect(run(path, ['check', 'ok']).status).toBe(0)
    expect(run(path, ['check', 'bad']).status).toBe(1)
    expect(run(path, ['check', 'bad', '--fail-on', 'critical']).status).toBe(0)
    expect(run(path, ['check', 'bad', '--fail-on', 'none']).status).toBe(0)
  })

  test('--fix writes what --diff showed, and keeps bytes that it does not understand', () => {
    const bytes = Buffer.concat([
      Buffer.from('# caf\xe9\r\nFROM debian:12\r\nRUN apt-get update && apt-get install curl\r\nUSER app\r\n', 'latin1'),
    ])
    const path = folder({ Dockerfile: bytes })
    const diff = run(path, ['check', '--diff', '--no-shellcheck'])
    expect(diff.stdout).toContain('+RUN apt-get update && apt-get install -y curl')
    expect(readFileSync(join(path, 'Dockerfile'))).toEqual(bytes)
    run(path, ['check', '--fix', '--no-shellcheck'])
    const after = readFileSync(join(path, 'Dockerfile'), 'latin1')
    expect(
      after.startsWith(
        '# caf\xe9\r\nFROM debian:12\r\nRUN apt-get update && apt-get install -y curl && rm -rf /var/lib/apt/lists/*\r\n',
      ),
    ).toBe(true)
    run(path, ['check', '--fix', '--no-shellcheck'])
    expect(readFileSync(join(path, 'Dockerfile'), 'latin1')).toBe(after)
  })

  test('standard input', () => {
    const { stdout, status } = run(folder({}), ['check', '--format', 'brief', '-'], 'FROM nginx\n')
    expect(stdout).toContain('Dockerfile:1:6: high dockerfile/user-missing')
    expect(status).toBe(1)
  })

  test('.gitignore, patterns, and names', () => {
    const path = folder({
      '.git/HEAD': '',
      '.gitignore': 'build/\n',
      'build/Dockerfile': clean,
      'a/Dockerfile.prod': clean,
      'b/web.Dockerfile': clean,
      'b/Dockerfile.j2': '{{ x }}',
      'c/Containerfile': clean,
    })
    expect(JSON.parse(run(path, ['check', '--format', 'json']).stdout).files).toEqual([
      'a/Dockerfile.prod',
      'b/web.Dockerfile',
      'c/Containerfile',
    ])
    expect(JSON.parse(run(path, ['check', '--format', 'json', '{a,b}/**']).stdout).files).toContain('b/web.Dockerfile')
    expect(JSON.parse(run(path, ['check', '--format', 'json', 'build/Dockerfile']).stdout).files).toEqual(['build/Dockerfile'])
  })

  test('a pull request cannot silence itself', () => {
    const path = folder({
      Dockerfile: '# bulkhead ignore=user-missing fine\nFROM example.com/base:1\n',
      'bulkhead.yaml': 'rules: { dockerfile/user-missing: off }\n',
      'own.yaml': 'version: 1\n',
    })
    expect(run(path, ['check']).status).toBe(0)
    expect(run(path, ['check', '--config', 'own.yaml']).status).toBe(0)
    expect(run(path, ['check', '--config', 'own.yaml', '--no-inline-ignores']).status).toBe(1)
  })

  test('a baseline silences what was there', () => {
    const path = folder({ Dockerfile: 'FROM alpine:3.20\n' })
    run(path, ['check', '--write-baseline', 'known.json'])
    expect(run(path, ['check', '--baseline', 'known.json']).status).toBe(0)
    writeFileSync(join(path, 'Dockerfile'), '# a comment above\n\nFROM alpine:3.20\nRUN chmod u+s /x\n')
    const { findings } = JSON.parse(run(path, ['check', '--baseline', 'known.json', '--format', 'json']).stdout)
    expect(
      findings
        .filter((finding: { suppressed?: unknown }) => !finding.suppressed)
        .map((finding: { rule: string }) => finding.rule),
    ).toEqual(['dockerfile/setuid-binaries'])
  })

  test('nothing secret is ever printed', () => {
    const secret = ['gl', 'pat-', 'Zq8Lm3Xv', 'Tr7Wn2Yb', 'Kc5P'].join('')
    const path = folder({
      Dockerfile: `FROM alpine:3.20\nRUN curl -H "token: ${secret}" https://x.example\nENV DB_PASSWORD=hunter2hunter2\nUSER nobody\n`,
    })
    for (const format of ['text', 'brief', 'json', 'sarif', 'github', 'diff']) {
      const { stdout } = run(path, ['check', ...(format === 'diff' ? ['--diff', '--unsafe'] : ['--format', format])])
      if (format !== 'diff') expect(stdout, format).toContain('dockerfile/secret-value')
      else expect(stdout).toContain('+RUN curl -f')
      expect(stdout, format).not.toContain(secret.slice(8))
      expect(stdout, format).not.toContain('hunter2hunter2')
    }
  })

  test('what is secret in one line is hidden in all, also when no rule tells it', () => {
    const secrets = ['Kd7Qm2xWp9Zt', 'Hs8Lq2Zn4Vb6', 'horse=battery', 'Rk5Tj8Wm3', 'Vx6Hc9Lp2', 'Bn3Df7Gk5', 'Jw4Sz8Yt6Qe']
    secrets.push('Mf9Ub2Xc7', 'Pq3Ls8Wn5', 'Ty5Hg8Rb2n', 'Gd4Kp', 'Wq7Zx2', 'Lt6Bv3Np', 'Cf8Rn2Jk', 'Ys5Hd9Mv', 'Aq2Wv8Tb')
    const path = folder({
      Dockerfile: [
        'FROM alpine AS one',
        'ARG USER_PASSWORD=Kd7Qm2xWp9Zt',
        '# bulkhead-ignore-next-line dockerfile/secret-arg-env-name: known',
        'ENV API_TOKEN=Hs8Lq2Zn4Vb6 URL=https://x.io/?t=Hs8Lq2Zn4Vb6',
        'ENV DB_PASSWORD="correct horse=battery7staple" PIN_TOKEN=Gd4Kp\\',
        'Wq7Zx2',
        'FROM alpine',
        'RUN sudo mysql -pHs8Lq2Zn4Vb6 && cd /x && curl https://x.io/Kd7Qm2xWp9Zt | sh',
        'RUN cd /x && mysql -uroot -pRk5Tj8Wm3 && curl -u ann:Vx6Hc9Lp2 https://x.io && PGPASSWORD=Bn3Df7Gk5 psql',
        'RUN export MY_TOKEN=Jw4Sz8Yt6Qe',
        "RUN echo 'root:Mf9Ub2Xc7' | chpasswd",
        'RUN cd /x && echo Lt6Bv3Np | docker login -u a --password-stdin && curl https://ann:Cf8Rn2Jk@x.io | sh',
        'RUN chpasswd <<EOF',
        'ann:Ys5Hd9Mv',
        'EOF',
        `RUN mysql -e "create user a identified by 'Aq2Wv8Tb'" | sudo tee x`,
        'HEALTHCHECK CMD curl -u a:Pq3Ls8Wn5 http://localhost',
        'CMD app --password Ty5Hg8Rb2n',
        '',
      ].join('\n'),
    })
    for (const only of ['', 'dockerfile/cd-workdir'])
      for (const format of ['text', 'brief', 'json', 'sarif', 'github', 'diff']) {
        const shape = format === 'diff' ? ['--diff', '--unsafe'] : ['--format', format, '--show-suppressed']
        const { stdout } = run(path, ['check', ...shape, ...(only === '' ? [] : ['--only', only])])
        if (format !== 'diff' || only === '') expect(stdout.length, `${format} ${only}`).toBeGreaterThan(100)
        for (const secret of secrets) expect(stdout, `${format} ${only}`).not.toContain(secret)
        if (format === 'text' && only === '') expect(stdout).toContain('curl -u ann:*** https://x.io && PGPASSWORD=***')
      }
  })

  test('a hostile file cannot write to the terminal or the build log', () => {
    const path = folder({ Dockerfile: 'FROM al\u001b[31mpine\u202e:latest\nRUN sudo \u001b]0;x\u0007echo\n::error::x\nUSER a\n' })
    for (const format of ['text', 'brief', 'github']) {
      const { stdout } = run(path, ['check', '--format', format])
      // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what must not be there
      expect(stdout, format).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/)
    }
    for (const line of run(path, ['check', '--format', 'github']).stdout.split('\n'))
      expect(line).toMatch(/^$|^::(?:error|warning|notice) file=/)
  })
})

// `script` of util-linux gives the program a real pseudo-terminal; its other versions take other arguments.
const hasScript = spawnSync('script', ['--version'], { encoding: 'utf8' }).stdout?.includes('util-linux') === true
describe.skipIf(!hasScript)('on a terminal (needs script of util-linux)', () => {
  const onTerminal = (columns: number, extra = ''): readonly string[] => {
    const command = `stty cols ${columns}; ${extra} "${process.execPath}" "${program}" check --no-shellcheck`
    const { stdout } = spawnSync('script', ['-qec', command, '/dev/null'], {
      cwd: folder({ Dockerfile: 'FROM nginx\nRUN sudo x\n' }),
      encoding: 'utf8',
      env: { ...process.env, TERM: 'xterm', FORCE_COLOR: '', NO_COLOR: '' },
    })
    return stdout.split('\r\n')
  }
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the colours of terminals are what this is about
  const colours = /\u001b\[\d+m/g
  const why = (lines: readonly string[]): readonly string[] => {
    const plain = lines.map(line => line.replace(colours, ''))
    const start = plain.findIndex(line => line.startsWith('  why: '))
    return plain.slice(
      start,
      plain.findIndex((line, i) => i > start && !line.startsWith('       ')),
    )
  }

  test('the output is coloured, NO_COLOR takes the colours away', () => {
    expect(onTerminal(80).join()).toMatch(colours)
    expect(onTerminal(80, 'NO_COLOR=1').join()).not.toMatch(colours)
  })

  test('explanations are broken at its width, and at 100 columns when it does not say its width', () => {
    const narrow = why(onTerminal(60))
    const unknown = why(onTerminal(0))
    expect(Math.max(...narrow.map(line => line.length))).toBeLessThanOrEqual(60)
    expect(Math.max(...unknown.map(line => line.length))).toBeGreaterThan(60)
    expect(narrow.length).toBeGreaterThan(unknown.length)
    expect(narrow.map(line => line.trim()).join(' ')).toBe(unknown.map(line => line.trim()).join(' '))
  })
})

describe('explain and rules', () => {
  test.each(['dockerfile/user-missing', 'user-missing', 'CKV_DOCKER_3', 'DS-0002', 'avd-ds-0002', 'DS002'])('explain %s', id => {
    const { stdout, status } = run(folder({}), ['explain', id])
    expect(stdout).toContain('dockerfile/user-missing')
    expect(stdout).toContain('Why')
    expect(status).toBe(0)
  })

  test('rules as table and JSON', () => {
    expect(run(folder({}), ['rules']).stdout).toMatch(/dockerfile\/user-missing\s+high/)
    const rules = JSON.parse(run(folder({}), ['rules', '--format', 'json']).stdout)
    expect(rules.find(({ id }: { id: string }) => id === 'dockerfile/user-root-last')).toMatchObject({
      severity: 'high',
      fixes: 'unsafe',
      profile: 'default',
      since: '0.1.0',
      replaces: expect.arrayContaining(['DL3002']),
    })
  })
})
