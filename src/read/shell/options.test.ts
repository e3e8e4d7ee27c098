import { describe, expect, test } from 'vitest'
import { readScript } from './read-script.ts'

const read = (text: string): string => {
  const [command] = readScript({
    text,
    shell: ['/bin/sh', '-c'],
    span: { start: 0, end: text.length },
    spanOf: (start, end) => ({ start, end }),
  }).commands
  const options = command!.options.map(({ name, value }) => (value === undefined ? name : `${name}=${value}`))
  return `${options.join(' ')} | ${command!.operands.map(word => word.text).join(' ')}`.trim()
}

describe('options and operands', () => {
  test.each([
    // forms
    ['apt-get -fmy install curl', '-f -m -y | install curl'],
    ['apt-get install curl -y --no-install-recommends', '-y --no-install-recommends | install curl'],
    [
      'apt-get -qq -o Dpkg::Use-Pty=0 -oA::B=c -t stable --target-release=x install a',
      '-q -q -o=Dpkg::Use-Pty=0 -o=A::B=c -t=stable --target-release=x | install a',
    ],
    ['apt-get -q=2 -qqy update', '-q=2 -q -q -y | update'],
    ['unknown -abc --long value --long=x -- -z y', '-a -b -c --long --long=x | value -z y'],
    ['curl -', '| -'],
    ['curl -o', '-o |'],
    // apk, dnf, zypper, rpm
    [
      'apk add --no-cache --virtual .deps -t x --repository http://r a',
      '--no-cache --virtual=.deps -t=x --repository=http://r | add a',
    ],
    ['apk -U add a', '-U | add a'],
    ['dnf -y --setopt=a=0 --enablerepo x install b', '-y --setopt=a=0 --enablerepo=x | install b'],
    ['zypper -n in -r repo a', '-n -r=repo | in a'],
    ['zypper in -n a', '-n | in a'],
    ['rpm -ivh --nodeps x.rpm', '-i -v -h --nodeps | x.rpm'],
    // languages
    [
      'pip install --no-cache-dir -r req.txt -c con.txt -i https://x y',
      '--no-cache-dir -r=req.txt -c=con.txt -i=https://x | install y',
    ],
    ['python3 -m pip install -t dir x', '-t=dir | install x'],
    ['npm install -g --registry https://x y', '-g --registry=https://x | install y'],
    ['gem install -N x -v 1.0', '-N -v=1.0 | install x'],
    ['go get -u -ldflags "-s -w" x', '-u -ldflags=-s -w | get x'],
    ['go run x -y z', '| run x -y z'],
    ['cargo install --locked --version 1.0 x', '--locked --version=1.0 | install x'],
    ['java -cp a.jar -Xmx1g Main -x', '-cp=a.jar -Xmx1g | Main -x'],
    ['python3 -W ignore x.py -v', '-W=ignore | x.py -v'],
    // downloads
    ['curl -fsSLo /x -H "A: b" https://y', '-f -s -S -L -o=/x -H=A: b | https://y'],
    ['curl -sSLO https://y', '-s -S -L -O | https://y'],
    ['wget -qO- https://y', '-q -O=- | https://y'],
    ['wget -nv -O x https://y', '-nv -O=x | https://y'],
    ['git clone --depth 1 -b v1 https://y z', '--depth=1 -b=v1 | clone https://y z'],
    ['git -C dir checkout x', '-C=dir | checkout x'],
    // archives and files
    ['tar xzf a.tgz -C /x --strip-components 1', '-x -z -f=a.tgz -C=/x --strip-components=1 |'],
    ['tar -xzf a.tgz', '-x -z -f=a.tgz |'],
    ['tar xzfC a.tgz /x b', '-x -z -f=a.tgz -C=/x | b'],
    ['tar -xJC /x', '-x -J -C=/x |'],
    ['unzip -q a.zip -d /x', '-q -d=/x | a.zip'],
    ['chmod -R 777 a', '-R | 777 a'],
    ['chmod +x a', '| +x a'],
    ['chmod -x a', '| -x a'],
    ['chmod -v -rw,o+x a', '-v | -rw,o+x a'],
    ['chown -R --from=a b:c d', '-R --from=a | b:c d'],
    ['install -d -m 0755 -o root /x', '-d -m=0755 -o=root | /x'],
    ['install -m755 a b', '-m=755 | a b'],
    ['mkdir -pm 700 a', '-p -m=700 | a'],
    ['cp -rt x y', '-r -t=x | y'],
    ['rm -rf a', '-r -f | a'],
    ['sed -i.bak -e s/a/b/ f', '-i=.bak -e=s/a/b/ | f'],
    ['sed -i s/a/b/ f', '-i | s/a/b/ f'],
    ['grep -qE -A 3 a f', '-q -E -A=3 | a f'],
    ['find / -xdev -name "*.pyc" -exec rm -f {} \\; -delete', '-xdev -name=*.pyc -exec=rm -f {} -delete | /'],
    // users
    ['useradd -rm -u 1000 -s /bin/sh -G a,b x', '-r -m -u=1000 -s=/bin/sh -G=a,b | x'],
    ['adduser --disabled-password --gecos "" --uid 1 x', '--disabled-password --gecos= --uid=1 | x'],
    ['adduser -S -D -H -u 1000 -h /x -G g y', '-S -D -H -u=1000 -h=/x -G=g | y'],
    ['usermod -aG sudo x', '-a -G=sudo | x'],
    ['addgroup -g 1 -S x', '-g=1 -S | x'],
    ['ssh-keygen -A', '-A |'],
    ['ssh-keygen -t rsa -N "" -f x', '-t=rsa -N= -f=x |'],
    ['su -s /bin/sh -c "x y" z', '-s=/bin/sh -c=x y | z'],
    ['docker run --rm -it -v a:b img cmd -v c', '--rm -i -t -v=a:b | run img cmd -v c'],
    ['docker build -t x --build-arg A=1 .', '-t=x --build-arg=A=1 | build .'],
    ['bash -euxo pipefail x -y', '-e -u -x -o=pipefail | x -y'],
    ['gpg --batch --keyserver k --recv-keys A B', '--batch --keyserver=k --recv-keys | A B'],
  ])('%s', (text, expected) => {
    expect(read(text)).toBe(expected)
  })

  test('spans cover the word and its value', () => {
    const text = 'curl -sSo /x "y"'
    const [command] = readScript({
      text,
      shell: ['sh'],
      span: { start: 0, end: text.length },
      spanOf: (start, end) => ({ start, end }),
    }).commands
    expect(command!.options.map(({ span }) => text.slice(span.start, span.end))).toEqual(['-sSo', '-sSo', '-sSo /x'])
    expect(command!.options.map(({ word }) => word.raw)).toEqual(['-sSo', '-sSo', '-sSo'])
  })
})
