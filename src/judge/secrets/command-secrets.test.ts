import { describe, expect, test } from 'vitest'
import { readDockerfile } from '../../read/dockerfile/read-dockerfile.ts'
import { passwordsIn } from './command-secrets.ts'
import { secretsOfInstruction, secretsOfWords } from './image-secrets.ts'
import { secretsOf, secretsOfFile } from './redact-file.ts'

/** `%`: where the password stands. */
const password = 'Ab9kTr4qzW'
const commands = [
  'mysql -e "ALTER USER ann IDENTIFIED BY \'%\'"',
  'mysql -e \'ALTER USER ann IDENTIFIED BY "%"\'',
  'psql -c "CREATE ROLE ann WITH LOGIN PASSWORD \'%\'"',
  'sqlcmd -Q "CREATE LOGIN ann WITH PASSWORD = \'%\'"',
  'mysqladmin -u ann password %',
  'printf "ann:%\\n" | chpasswd',
  'chpasswd <<< "ann:%"',
  'chpasswd <<EOF\nann:%\nEOF\n',
  'echo "%" | passwd --stdin ann',
  'echo % | sudo -S make',
  'echo % | gh auth login --with-token',
  'echo % | docker login -u ann --password-stdin',
  'docker login -u ann --password-stdin <<< %',
  'docker login -u ann -p % reg.acme.org',
  'skopeo copy --src-creds ann:% docker://a docker://b',
  'npm config set _auth %',
  'conda config --set token %',
  'aws configure set aws_secret_access_key %',
  'rclone config create x s3 secret_access_key %',
  'composer config http-basic.acme.org ann %',
  'bundle config acme.org ann:%',
  'nuget sources add -username ann -password %',
  'dotnet nuget add source x -u ann -p %',
  'twine upload -u ann -p %',
  'az login -u ann -p %',
  'vault login %',
  '7z x -p% a.7z',
  'unzip -P % a.zip',
  'htpasswd -bc f ann %',
  'ldapsearch -x -w % dc=acme',
  'smbclient -U ann%% //host/share',
  'lftp -u ann,% host',
  'sqlcmd -U sa -P %',
  'sqlplus ann/%@db',
  'net user ann %',
  'rabbitmqctl add_user ann %',
  'keytool -storepass %',
  'openssl passwd -6 %',
  'openssl req -passout pass:%',
  'usermod --password $(openssl passwd -1 %) ann',
  'redis-server --requirepass %',
  'kubectl create secret generic x --from-literal=password=%',
  'curl -H "Authorization: Bearer %" https://x.io',
  'curl -d "{\\"password\\":\\"%\\"}" https://x.io',
  'curl -sSu ann:% https://x.io',
  'curl --user "ann:%" sftp://x.io',
  'curl sftp://ann:%@x.io/a',
  'git clone ssh://ann:%@x.io/a',
  'sed -i "s/DB_PASSWORD/%/" settings',
  'expect -c "send %"',
  'printf "[client]\\npassword=%s" % > my.cnf',
  'echo "%" > /root/.vault-token',
  'echo "machine x.io login ann password %" > ~/.netrc',
  'sh -c "mysql -uann -p% db"',
].map(command => command.replace(/%(?!s)(?!%)/, password))

describe('what programs take as a password', () => {
  test.each(commands)('%s', command => {
    const createdBy = `RUN /bin/sh -c ${command} # buildkit`
    const { found } = secretsOfInstruction(createdBy)
    expect(found.some(({ start, end }) => createdBy.slice(start, end).includes(password))).toBe(true)
    const text = command.includes('\n') ? `FROM a\nRUN <<X\n${command}X\n` : `FROM a\nRUN cd /srv && ${command}\n`
    const shown = hide(text, secretsOf(readDockerfile('Dockerfile', text), []).spans)
    expect(shown).not.toContain(password)
    expect(shown).toContain('FROM a\nRUN')
  })

  test.each([
    'mkdir -p /srv/data && cp -up a b && ssh -p 2222 host && docker run -u app -p 8080:80 x',
    'mysql -u ann -p db && psql -U ann -p 5432 db && sudo -u app mkdir -p data',
    'curl -u "$USER:$PASS" https://x.io && vault login "$TOKEN" && echo "$PASS" | docker login --password-stdin',
    'openssl passwd -6 -stdin && htpasswd -c f ann && tar -C /srv -xf a.tar && git config user.name Ann',
    'npm config set registry https://npm.acme.org && sed -i s/a/b/ f && unzip -p a.zip x',
    'apt-get install -y --no-install-recommends passwd sshpass && adduser --disabled-password app',
  ])('none: %s', command => {
    expect(secretsOfInstruction(`RUN /bin/sh -c ${command}`).found).toEqual([])
    const text = `FROM a\nRUN ${command}\n`
    expect(hide(text, secretsOf(readDockerfile('Dockerfile', text), []).spans)).toBe(text)
  })

  test('words, of a program that stands elsewhere too', () => {
    const shown = (words: readonly string[], program?: string): string =>
      hide(words.join(' '), secretsOfWords(words, program).hidden)
    expect(shown(['sudo', 'redis-cli', '-a', password])).toBe('sudo redis-cli -a *')
    expect(shown(['-a', password], 'redis-cli')).toBe('-a *')
    expect(shown(['sh', '-c', `sshpass -p ${password} ssh host`])).toBe('sh -c sshpass -p * ssh host')
  })

  test('PowerShell, and the JSON form in a history', () => {
    for (const createdBy of [`RUN powershell -Command net user ann ${password}`, `CMD ["redis-cli" "-a" "${password}"]`])
      expect(secretsOfInstruction(createdBy).found.map(({ start, end }) => createdBy.slice(start, end))).toEqual([password])
  })
})

test.each([
  `command: redis-server --requirepass ${password}`,
  `command: ["redis-server", "--requirepass", "${password}"]`,
  `args:\n  - --requirepass\n  - "${password}"\n`,
  `command: [sh, -c, 'mysql -uann -p${password} db']`,
  `env:\n  - name: DB_PASSWORD\n    value: ${password}\n`,
  `env:\n  - value: "${password}"\n    name: DB_PASSWORD\n`,
  `{"env": [{"name": "DB_PASSWORD", "value": "${password}"}]}`,
  `environment:\n  DB_PASSWORD: ${password}\n`,
])('in a file of settings: %s', text => {
  expect(hide(text, secretsOfFile(text, []).spans)).toBe(text.replace(/"?Ab9kTr4qzW"?/, match => match.replace(password, '*')))
})

test('in a file of settings nothing else is hidden', () => {
  const text =
    'spec:\n  serviceAccountToken: false\n  secretName: db-creds\n  env:\n    - name: DB_PASSWORD\n      valueFrom:\n        secretKeyRef:\n          name: db\n          key: password\n  ports:\n    - -p\n    - "8080"\n'
  expect(secretsOfFile(text, []).spans).toEqual([])
})

test('hostile texts take time that grows with their length', () => {
  for (const part of ['"', "'", '\\"', '[', '- ', 'echo x | ', 'sudo ', '-p ', 'mysql -p', '<<<', '>'])
    expect(passwordsIn(part.repeat(300_000 / part.length))).toBeInstanceOf(Array)
}, 20_000)

const hide = (text: string, spans: readonly { readonly start: number; readonly end: number }[]): string => {
  let shown = ''
  let at = 0
  for (const { start, end } of [...spans].sort((a, b) => a.start - b.start)) {
    if (end <= at) continue
    shown += `${text.slice(at, start)}*`
    at = end
  }
  return shown + text.slice(at)
}
