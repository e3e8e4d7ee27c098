import { describe, expect, test } from 'vitest'
import { packageRequest } from './packages.ts'
import { readScript } from './read-script.ts'

const read = (text: string) => {
  const [command] = readScript({
    text,
    shell: ['/bin/sh', '-c'],
    span: { start: 0, end: text.length },
    spanOf: (start, end) => ({ start, end }),
  }).commands
  return packageRequest(command!)
}
/** `kind:name@version` of every package; `kind` is left out for names. */
const packages = (text: string): string =>
  (read(text)?.packages ?? [])
    .map(({ kind, name, version }) => `${kind === 'name' ? '' : `${kind}:`}${name}${version === undefined ? '' : `@${version}`}`)
    .join(' ')

describe('packages', () => {
  test.each([
    [
      'apt-get install -y curl=7.1-1 gcc/stable g++ ./x.deb /y/z.deb a:arm64 vim- "$P" a=$V',
      'curl@7.1-1 gcc g++ file:./x.deb file:/y/z.deb a:arm64 removal:vim variable:$P a@$V',
    ],
    ['apt-get install $P=1.0', 'variable:$P=1.0@1.0'],
    ['apt-get update', ''],
    ['apt-get remove -y --purge gcc', 'gcc'],
    ['dpkg -i x.deb /y.deb', 'file:x.deb file:/y.deb'],
    [
      "apk add a=1-r0 b~1.2 'c<2' 'd>=3' e@edge f@edge=2 '!g' $P --virtual .d ./x.apk",
      'a@1-r0 b@~1.2 c@<2 d@>=3 e f removal:g variable:$P file:./x.apk',
    ],
    [
      'dnf -y install a b-1.2-3.el9.x86_64 c-2:1.0 @dev java-11-openjdk python3.11 ./x.rpm https://y/z.rpm d.x86_64 e-1.0*',
      'a b@1.2-3.el9.x86_64 c@2:1.0 group:dev java-11-openjdk python3.11 file:./x.rpm url:https://y/z.rpm d e@1.0*',
    ],
    ['yum groupinstall "Development Tools" @x', 'group:Development Tools group:x'],
    ['yum -y localinstall x.rpm', 'file:x.rpm'],
    ['dnf group install -y x', 'group:x'],
    ['dnf module install nodejs:18/dev', 'group:nodejs@18'],
    ['dnf module enable nodejs:18', ''],
    ['zypper -n in a b=1.0 "c>=2" -d pattern:x x.rpm', 'a b@1.0 c@>=2 group:x file:x.rpm'],
    ['zypper in -t pattern devel', 'group:devel'],
    ['rpm -Uvh https://x/y.rpm', 'url:https://x/y.rpm'],
    [
      `pip install a==1.0 'b>=2,<3' c~=1.1 d[x,y]==2 'e @ https://f/g.whl' git+https://h/i@v1#egg=j . ./k .[dev] l.whl -r req.txt -e ./m -c con.txt n $O 'p==1; python_version<"3"' q==1.*`,
      'a@1.0 b@>=2,<3 c@~=1.1 d@2 url:e@https://f/g.whl url:git+https://h/i@v1#egg=j path:. path:./k path:.[dev] file:l.whl requirement-file:req.txt path:./m n variable:$O p@1 q@1.*',
    ],
    ['python3 -m pip install --upgrade pip', 'pip'],
    ['pip3 uninstall -y a', 'a'],
    ['pipx install a==1', 'a@1'],
    ['uv pip install --system -r r.txt a==1', 'requirement-file:r.txt a@1'],
    ['uv tool install a==1', 'a@1'],
    ['uv add a', 'a'],
    ['conda install -y -c conda-forge a=1.2 b==3 c::d "e>=1" --file f.txt', 'a@1.2 b@3 d e@>=1 requirement-file:f.txt'],
    [
      'npm install -g a@1 @b/c @b/d@^2 e@latest f/g git+https://h ./i j.tgz file:k l@npm:m@3 https://n/o.tgz',
      'a@1 @b/c @b/d@^2 e@latest url:f/g url:git+https://h path:./i file:j.tgz path:file:k m@3 url:https://n/o.tgz',
    ],
    ['npm ci', ''],
    ['npm i a', 'a'],
    ['yarn global add a@1', 'a@1'],
    ['yarn add -D a', 'a'],
    ['pnpm add -g a', 'a'],
    ['gem install a -v 1.0', 'a@1.0'],
    ['gem install a:1.0 b', 'a@1.0 b'],
    ['go install a/b@v1.0 c@latest ./...', 'a/b@v1.0 c@latest path:./...'],
    ['go run a/b@v1 c', 'a/b@v1'],
    ['cargo install a@1.0', 'a@1.0'],
    ['cargo install --version 1.0 a', 'a@1.0'],
    ['composer global require a/b:^1.0', 'a/b@^1.0'],
  ])('%s', (text, expected) => {
    expect(packages(text)).toBe(expected)
  })
})

describe('actions', () => {
  test.each([
    ['apt-get update', 'apt', 'update-index'],
    ['apt full-upgrade', 'apt', 'upgrade'],
    ['apt-get dist-upgrade', 'apt', 'upgrade'],
    ['apt-get clean', 'apt', 'clean'],
    ['apt-get autoremove', 'apt', 'remove'],
    ['apt-get download x', 'apt', 'other'],
    ['apk update', 'apk', 'update-index'],
    ['apk del x', 'apk', 'remove'],
    ['yum makecache', 'yum', 'update-index'],
    ['yum update', 'yum', 'upgrade'],
    ['microdnf clean all', 'microdnf', 'clean'],
    ['tdnf install x', 'tdnf', 'install'],
    ['dnf module enable x', 'dnf', 'other'],
    ['zypper ref', 'zypper', 'update-index'],
    ['zypper dup', 'zypper', 'upgrade'],
    ['zypper patch', 'zypper', 'upgrade'],
    ['zypper si x', 'zypper', 'install'],
    ['zypper rm x', 'zypper', 'remove'],
    ['zypper clean -a', 'zypper', 'clean'],
    ['rpm -qa', 'rpm', 'other'],
    ['rpm -e x', 'rpm', 'remove'],
    ['rpm --import x', 'rpm', 'other'],
    ['pip cache purge', 'pip', 'clean'],
    ['pip list', 'pip', 'other'],
    ['npm ci', 'npm', 'install'],
    ['npm cache clean --force', 'npm', 'clean'],
    ['npm run build', 'npm', 'other'],
    ['yarn', 'yarn', 'install'],
    ['yarn --frozen-lockfile', 'yarn', 'install'],
    ['yarn --version', 'yarn', 'other'],
    ['yarn cache clean', 'yarn', 'clean'],
    ['yarn build', 'yarn', 'other'],
    ['pnpm store prune', 'pnpm', 'clean'],
    ['go clean -modcache', 'go', 'clean'],
    ['go build', 'go', 'other'],
    ['uv sync --frozen', 'uv', 'install'],
    ['composer install', 'composer', 'install'],
  ])('%s', (text, manager, action) => {
    expect(read(text)).toMatchObject({ manager, action })
  })

  test('other commands', () => {
    expect(read('curl x')).toBeUndefined()
    expect(read('apt-get --version')).toBeUndefined()
  })

  test('the program as written', () => {
    expect(read('/usr/bin/pip3.11 install x')!.program).toBe('pip3.11')
    expect(read('python3 -m pip install x')!.program).toBe('pip')
    expect(read('aptitude install x')!.program).toBe('aptitude')
  })

  test('the verb', () => {
    expect(read('apt-get -y install x')!.verb!.span).toEqual({ start: 11, end: 18 })
    expect(read('rpm -i x.rpm')!.verb).toBeUndefined()
  })
})

describe('assumesYes', () => {
  test.each([
    ['apt-get install x', false],
    ['apt-get install -y x', true],
    ['apt-get install x -y', true],
    ['apt-get -fmy install x', true],
    ['apt-get install x --yes', true],
    ['apt-get --assume-yes install x', true],
    ['apt-get --force-yes install x', true],
    ['apt-get -q install x', false],
    ['apt-get -qq install x', true],
    ['apt-get -q -q install x', true],
    ['apt-get -q=2 install x', true],
    ['apt-get -q=1 install x', false],
    ['apt-get -qqy install x', true],
    ['apt-get -o APT::Get::Assume-Yes=true install x', true],
    ['apt-get -y --assume-no install x', false],
    ['dnf install x', false],
    ['dnf install x -y', true],
    ['yum --assumeyes install x', true],
    ['zypper install x', false],
    ['zypper -n install x', true],
    ['zypper --non-interactive install x', true],
    ['zypper install -n x', false],
    ['zypper install -y x', true],
    ['zypper install --no-confirm x', true],
    ['pip uninstall x', false],
    ['pip uninstall -y x', true],
    ['conda install x', false],
    ['conda install --yes x', true],
    ['apk add x', true],
    ['apk add -i x', false],
  ])('%s', (text, expected) => {
    expect(read(text)!.assumesYes).toBe(expected)
  })
})
