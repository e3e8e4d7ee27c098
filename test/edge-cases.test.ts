/**
 * What users of other tools complain of, rule by rule: lines that must be reported, and lines that must not. A text that does not begin with
 * FROM, ARG or # stands after `FROM debian:12`.
 */
import { describe, expect, test } from 'vitest'
import { judge, type Sample } from './judge.ts'

type Cases = { readonly fires: readonly string[]; readonly silent: readonly string[]; readonly sample?: Sample }

const cases: Readonly<Record<string, Cases>> = {
  'base-tag-missing': {
    fires: [
      'FROM host:5000/img',
      'FROM localhost/img',
      'ARG N=img\nFROM $N',
      'ARG V\nFROM img AS a\nFROM A',
      'FROM a\nFROM b AS a',
    ],
    silent: [
      'FROM host:5000/img:1',
      'FROM localhost:5000/x:2',
      'FROM scratch',
      'ARG N=img:3\nFROM $N',
      'ARG X\nFROM img${X}',
      'ARG I=a\nARG T=1\nFROM $I:$T',
      'FROM img:1 AS Build\nFROM BUILD',
      `FROM img@sha256:${'a'.repeat(64)}`,
    ],
  },
  'base-tag-latest': {
    fires: [
      'FROM img:latest',
      'ARG T="latest"\nFROM img:$T',
      'ARG T=latest\nFROM img:${T}',
      'FROM a:1\nCOPY --from=b:latest /x /x',
    ],
    silent: [`FROM img:latest@sha256:${'a'.repeat(64)}`, 'ARG T\nFROM img:$T', 'ARG T=1\nFROM img:$T'],
  },
  'base-registry-untrusted': {
    fires: [
      'FROM img:1',
      'FROM evil.com/img:1',
      'FROM a.corp.com/x:1\nCOPY --from=docker.io/x:1 /x /x',
      'FROM a.corp.com/x:1\nRUN --mount=from=img:1 true',
    ],
    silent: ['FROM a.corp.com/x:1', 'FROM a.corp.com/x:1 AS b\nFROM b\nCOPY --from=b /x /x', 'FROM scratch', 'FROM mine.io/x:1'],
    sample: { allowedRegistries: ['*.corp.com', 'mine*'] },
  },
  'from-arg-undefined': {
    fires: ['FROM $NOWHERE', 'FROM --platform=$NOWHERE img:1', 'FROM img:1\nARG LATER=2\nFROM img:$LATER'],
    silent: [
      'FROM --platform=$BUILDPLATFORM img:1',
      'FROM --platform=${TARGETPLATFORM} img:1',
      'FROM img:${X:-1}',
      'ARG X\nFROM img:1$X',
    ],
  },
  'from-arg-default-invalid': {
    fires: ['ARG VERSION\nFROM busybox:$VERSION'],
    silent: ['ARG VARIANT\nFROM busybox:stable${VARIANT}', 'ARG VERSION=1\nFROM busybox:$VERSION'],
  },
  'from-platform-constant': {
    fires: ['FROM --platform=linux/amd64 img:1', 'FROM --platform=linux/arm64 img:1 AS build'],
    silent: ['FROM --platform=$BUILDPLATFORM img:1', 'FROM --platform=linux/amd64 img:1 AS build-amd64', 'FROM img:1'],
  },
  'from-platform-redundant': {
    fires: ['FROM --platform=$TARGETPLATFORM img:1', 'FROM --platform=${TARGETPLATFORM} img:1'],
    silent: ['FROM --platform=$BUILDPLATFORM img:1', 'FROM --platform=linux/${TARGETARCH} img:1'],
  },
  'stage-duplicate': {
    fires: ['FROM a:1 AS x\nFROM b:1 AS x', 'FROM a:1 as X\nFROM b:1   AS   x'],
    silent: ['FROM a:1 AS x\nFROM b:1 AS y'],
  },
  'from-as-casing': { fires: ['FROM a:1 as x', 'from a:1 AS x'], silent: ['FROM a:1 AS x', 'from a:1 as x', 'From a:1 as x'] },
  'instruction-casing': {
    fires: ['FROM a:1\nRun x', 'FROM a:1\nrun x', 'from a:1\nrun x\nRUN y'],
    silent: ['FROM a:1\nRUN x', 'from a:1\nrun x'],
  },
  'stage-cycle': {
    fires: ['FROM a:1 AS x\nCOPY --from=y /a /a\nFROM b:1 AS y\nCOPY --from=x /a /a'],
    silent: ['FROM a:1 AS x\nFROM x AS y'],
  },
  'copy-from-unknown': {
    fires: ['FROM a:1\nCOPY --from=7 /x /x'],
    silent: [
      'FROM a:1 AS x\nFROM b:1\nCOPY --from=0 /x /x',
      'FROM a:1\nCOPY --from=nginx /x /x',
      'FROM a:1\nCOPY --from=$X /x /x',
      'FROM a:1\nCOPY --from=repo.io/img:1 /x /x',
    ],
  },
  'copy-from-self': {
    fires: ['FROM a:1 AS x\nCOPY --from=x /a /b', 'FROM a:1   as   X\nCOPY --from=x /a /b'],
    silent: ['FROM a:1 AS x\nFROM b:1 AS y\nCOPY --from=x /a /b'],
  },
  'user-missing': {
    fires: ['RUN x', 'FROM scratch\nCOPY a /\nCMD ["/a"]', 'FROM a:1 AS x\nUSER 1\nFROM b:1'],
    silent: [
      'FROM gcr.io/distroless/static:nonroot',
      'FROM a:1 AS x\nUSER 1\nFROM x',
      'USER 1000',
      'FROM gcr.io/distroless/base-debian12:nonroot-amd64',
    ],
  },
  'user-root-last': {
    fires: [
      'USER root',
      'USER 0',
      'USER root:root',
      'USER +0',
      'USER 0:0',
      'ARG U=root\nUSER $U',
      'ENV U=0\nUSER ${U}',
      'FROM a:1 AS x\nUSER root\nFROM x',
      'USER root\nENTRYPOINT ["gosu", "root", "x"]',
    ],
    silent: [
      'FROM a:1 AS b\nUSER root\nFROM c:1\nUSER 1',
      'USER root\nUSER app',
      'USER root\nENTRYPOINT ["gosu", "app", "x"]',
      'USER root\nENTRYPOINT ["su-exec", "app", "x"]',
    ],
  },
  sudo: {
    fires: [
      'RUN sudo apt-get update',
      'RUN true; sudo -E -H make',
      'RUN ["sudo", "make"]',
      'RUN echo y | sudo tee /x',
      'RUN (sudo make)',
      'RUN if true; then sudo make; fi',
    ],
    silent: ['RUN apt-get install -y sudo', 'RUN echo sudo', 'RUN echo "sudo make" > /x', 'RUN chmod 440 /etc/sudoers'],
  },
  'world-writable': {
    fires: [
      'COPY --chmod=777 a /a',
      'RUN chmod -R 777 /a',
      'RUN chmod a+w /a',
      'RUN chmod 0666 /a',
      'RUN install -m 777 a /a',
      'RUN mkdir -m 777 /a',
    ],
    silent: ['RUN chmod 755 /a', 'RUN chmod 1777 /tmp', 'COPY --chmod=755 a /a', 'RUN chmod u+w /a'],
  },
  'workdir-system': {
    fires: ['WORKDIR /etc', 'WORKDIR "/proc/x"', 'WORKDIR /dev'],
    silent: ['WORKDIR /development', 'WORKDIR /app', 'WORKDIR /etcetera', 'WORKDIR /srv/etc'],
  },
  'expose-ssh': {
    fires: ['EXPOSE 22', 'EXPOSE 22/tcp', 'EXPOSE 22/udp', 'EXPOSE 80 22', 'EXPOSE 20-25'],
    silent: ['EXPOSE 2222', 'EXPOSE 80', 'EXPOSE 24-30'],
  },
  'secret-arg-env-name': {
    fires: [
      'ARG API_KEY',
      'ENV DB_PASSWORD=Xk29q',
      'ARG GITHUB_TOKEN',
      'ENV AUTH=abcd',
      'ARG PASSWD=a1b2',
      'ENV CREDENTIALS=a:b',
      'ENV GH_PSW=abcd1',
    ],
    silent: [
      'ENV DB_PASSWORD_FILE=/run/x',
      'ENV GOPRIVATE=x',
      'ARG USERNAME=me',
      'ENV SECRET_VERSION=2',
      'ENV PUBLIC_KEY=abc',
      'ENV DB_PASSWORD=',
      'ENV GPG_KEY=A035C8C19219BA821ECEA86B64E628F8D684696D',
      'ENV GPG_KEYS=AB',
      'ENV KEYBOARD=us',
      'ARG X_TOKEN_FILE=/a',
    ],
  },
  'cred-login-in-run': {
    fires: [
      'RUN docker login -u a -p b',
      'RUN aws configure set aws_secret_access_key $K',
      'RUN npm config set //r/:_authToken $T',
    ],
    silent: ['RUN --mount=type=secret,id=x docker login -u a --password-stdin < /run/secrets/x', 'RUN aws --version'],
  },
  'copy-context': {
    fires: ['COPY . .', 'COPY ./ /app', 'ADD . /app'],
    silent: ['COPY src /app', 'FROM a:1 AS b\nFROM c:1\nCOPY --from=b . /x'],
    sample: { files: { '.git/x': '', '.dockerignore': 'x\n' } },
  },
  'tls-env-off': {
    fires: [
      'ENV NODE_TLS_REJECT_UNAUTHORIZED=0',
      'ENV NODE_TLS_REJECT_UNAUTHORIZED "0"',
      'ARG PYTHONHTTPSVERIFY=0',
      'RUN GIT_SSL_NO_VERIFY=true git clone x',
      'RUN export GIT_SSL_NO_VERIFY=1 && git clone x',
      "ENV NODE_TLS_REJECT_UNAUTHORIZED='0'",
    ],
    silent: ['ENV NODE_TLS_REJECT_UNAUTHORIZED=1', 'ENV PYTHONHTTPSVERIFY=1', 'RUN echo NODE_TLS_REJECT_UNAUTHORIZED=0'],
  },
  'http-url': {
    fires: ['RUN curl http://x.io/a', 'RUN wget -O a http://x.io/a', 'ADD http://x.io/a /a'],
    silent: [
      'RUN curl http://localhost:8080/a',
      'RUN curl http://127.0.0.1/a',
      'RUN curl https://x.io/a',
      'HEALTHCHECK CMD curl -f http://localhost/',
    ],
  },
  'apt-cli': {
    fires: ['RUN apt install -y x', 'RUN true && apt update', 'RUN sudo apt install x'],
    silent: [
      'RUN apt-get install -y x',
      'RUN rm -rf /etc/apt/sources.list.d/apt',
      'RUN echo "apt install x"',
      'RUN rm -rf /var/lib/apt /var/cache/apt',
    ],
  },
  'apt-yes': {
    fires: ['RUN apt-get install x', 'RUN apt-get -q install x', 'RUN ["apt-get", "install", "x"]'],
    silent: [
      'RUN apt-get install -qq x',
      'RUN apt-get install -q -q x',
      'RUN apt-get -q=2 install x',
      'RUN apt-get --yes install x',
      'RUN apt-get install x --assume-yes',
      'RUN apt-get -fmy install x',
      'RUN apt-get install x -y',
      'RUN ["apt-get", "install", "-y", "x"]',
      'RUN yes | apt-get install x',
      'RUN apt-get update',
    ],
  },
  'apt-recommends': {
    fires: ['RUN apt-get install -y x', 'RUN apt-get -y install x y'],
    silent: [
      'RUN apt-get install -y --no-install-recommends x',
      'RUN apt-get -o APT::Install-Recommends=false install -y x',
      `RUN echo 'APT::Install-Recommends "0";' > /etc/apt/apt.conf.d/x\nRUN apt-get install -y x`,
      'RUN apt-get remove -y x',
    ],
  },
  'apt-lists': {
    fires: [
      'RUN apt-get update && apt-get install -y x && rm -rf /tmp',
      'RUN apt-get update',
      'RUN apt update && apt install -y x',
      'RUN aptitude update',
    ],
    silent: [
      'RUN --mount=type=cache,target=/var/lib/apt apt-get update && apt-get install -y x',
      'RUN --mount=type=tmpfs,target=/var/lib/apt/lists apt-get update',
      'RUN apt-get update && apt-get install -y x && rm -rf /var/lib/apt/lists/*',
      'RUN apt-get update && apt-get install -y x && rm -r /var/lib/apt/lists',
    ],
  },
  'update-alone': {
    fires: ['RUN apt-get update', 'RUN sudo apt-get update', 'RUN env A=b apt-get update; true'],
    silent: [
      'RUN apt-get update; apt-get install -y x',
      'RUN apt-get update && apt-get install -y x',
      'RUN apt-get update && apt-get upgrade -y',
    ],
  },
  'apk-no-cache': {
    fires: ['FROM alpine:3.20\nRUN apk add curl', 'FROM alpine:3.20\nRUN apk add --update curl'],
    silent: [
      'FROM alpine:3.20\nRUN apk add --no-cache curl',
      'FROM alpine:3.20\nRUN --mount=type=cache,target=/var/cache/apk apk add curl',
    ],
  },
  'rpm-yes': {
    fires: ['RUN yum install x', 'RUN dnf groupinstall x', 'RUN zypper in x', 'RUN zypper patch', 'RUN yum localinstall a.rpm'],
    silent: [
      'RUN yum install -y x',
      'RUN dnf -y groupinstall x',
      'RUN zypper -n in x',
      'RUN zypper --non-interactive install x',
      'RUN yum list',
    ],
  },
  'rpm-clean': {
    fires: [
      'RUN yum clean all && yum install -y x',
      'RUN dnf install -y x',
      'RUN yum install -y x && rm -rf /tmp',
      'RUN yum install -y x && yum clean metadata',
    ],
    silent: [
      'RUN yum install -y x && yum clean all',
      'RUN yum install -y x && yum clean -y all',
      'RUN dnf install -y x && rm -rf /var/cache/dnf',
      'RUN dnf install -y x && rm -rf /var/cache/libdnf5*',
      'RUN --mount=type=cache,target=/var/cache/yum yum install -y x',
    ],
  },
  'pip-pin': {
    fires: [
      'RUN pip install x',
      'RUN python -m pip install x',
      'RUN pip3 install --index-url https://a/ x',
      'RUN pip install git+https://a/b.git',
    ],
    silent: [
      'RUN pip install x==1',
      'RUN pip install -r requirements.txt',
      'RUN pip install git+https://a/b.git@v1',
      'RUN pip install "x @ git+ssh://git@a/b@v1"',
      'RUN pip install https://a/b.whl',
      'RUN pip install --constraint c.txt x',
      'RUN pip install .',
      'RUN pip install ./x.whl',
      'RUN pip install "x~=1.2"',
      'RUN pipenv install x',
    ],
  },
  'pip-cache': {
    fires: ['RUN pip install x==1', 'FROM a:1 AS b\nENV PIP_NO_CACHE_DIR=1\nFROM c:1\nRUN pip install x==1'],
    silent: [
      'RUN pip install --no-cache-dir x==1',
      'ENV PIP_NO_CACHE_DIR=1\nRUN pip install x==1',
      'RUN export PIP_NO_CACHE_DIR=true && pip install x==1',
      'FROM a:1 AS b\nENV PIP_NO_CACHE_DIR=1\nFROM b\nRUN pip install x==1',
      'RUN --mount=type=cache,target=/root/.cache/pip pip install x==1',
    ],
  },
  'npm-pin': {
    fires: ['RUN npm install -g x', 'RUN npm install --global @a/b', 'RUN npm --loglevel error i -g x'],
    silent: [
      'RUN npm install -g x@1',
      'RUN npm i -g @a/b@1.2.3',
      'RUN npm i -g https://a/b.tgz',
      'RUN npm i -g ./x',
      'RUN npm i -g a/b#v1',
      'RUN npm install',
      'RUN npm ci',
    ],
  },
  'go-pin': {
    fires: ['RUN go install a.b/c@latest', 'RUN go install a.b/c'],
    silent: ['RUN go install a.b/c@v1.2.3', 'RUN go install ./...', 'RUN go install .', 'RUN go run a.b/c@v1.0.0 x@latest'],
  },
  'yarn-clean': {
    fires: ['FROM node:22\nRUN yarn install', 'FROM node:22\nRUN yarn cache clean && yarn install'],
    silent: [
      'FROM node:22\nRUN yarn install && yarn cache clean',
      'FROM node:22\nRUN --mount=type=cache,target=/usr/local/share/.cache/yarn yarn install',
      'FROM node:22 AS b\nRUN yarn install\nFROM a:1',
    ],
  },
  pipefail: {
    fires: ['RUN curl x | tar x', 'FROM a:1 AS b\nSHELL ["/bin/bash", "-c"]\nFROM b\nRUN curl x | tar x'],
    silent: [
      'RUN set -o pipefail; curl x | tar x',
      'SHELL ["/bin/bash", "-o", "pipefail", "-c"]\nRUN curl x | tar x',
      'FROM a:1 AS b\nSHELL ["/bin/bash", "-eo", "pipefail", "-c"]\nFROM b\nRUN curl x | tar x',
      'SHELL ["pwsh", "-Command"]\nRUN a | b',
      'FROM mcr.microsoft.com/windows/servercore:ltsc2022\nRUN a | b',
      'RUN <<EOF\n#!/bin/bash\nset -o pipefail\ncurl x | tar x\nEOF',
      'RUN bash -o pipefail -c "curl x | tar x"',
    ],
  },
  'cd-workdir': {
    fires: ['RUN cd /a', 'RUN cd /a && make'],
    silent: ['RUN make && cd /a && make', 'RUN (cd /a && make)', 'RUN true && (cd /a; make)'],
  },
  'heredoc-errexit': {
    fires: ['RUN <<EOF\nfalse\ntrue\nEOF'],
    silent: [
      'RUN <<EOF\nset -e\nfalse\ntrue\nEOF',
      'SHELL ["/bin/sh", "-ec"]\nRUN <<EOF\nfalse\ntrue\nEOF',
      'RUN <<EOF\n#!/usr/bin/env python3\nprint(1)\nprint(2)\nEOF',
      'RUN <<EOF\nmake\nEOF',
    ],
  },
  'workdir-relative': {
    fires: ['WORKDIR app', 'WORKDIR "app"'],
    silent: [
      'WORKDIR /app',
      'WORKDIR $HOME',
      'WORKDIR "/app"',
      'WORKDIR C:\\\\app',
      'WORKDIR /app\nWORKDIR b',
      'FROM a:1 AS b\nWORKDIR /x\nFROM b\nWORKDIR y',
    ],
  },
  'copy-relative': {
    fires: ['COPY a b', 'COPY a "b"'],
    silent: [
      'COPY a /b',
      'COPY a $X',
      'COPY a C:\\\\b',
      'WORKDIR /x\nCOPY a b',
      'FROM a:1 AS b\nWORKDIR /x\nFROM b\nCOPY a y',
      'COPY a "/b"',
    ],
  },
  'copy-dest-slash': {
    fires: ['COPY a b /c', 'COPY ["a", "b", "/c"]'],
    silent: ['COPY a b /c/', 'COPY --chown=1 a /c', 'COPY ["a", "b", "/c/"]', 'COPY a b .', 'COPY <<A /c\nx\nA', 'COPY a b ./'],
  },
  'add-vs-copy': {
    fires: ['ADD a /b', 'ADD src /b', 'ADD ["a", "/b"]'],
    silent: [
      'ADD a.tar.gz /b',
      'ADD https://x.io/a /b',
      'ADD git@github.com:a/b.git /b',
      'ADD $X /b',
      'ADD a.txz /b',
      'ADD https://github.com/a/b.git /b',
      'ADD a.tar.* /b',
    ],
  },
  'copy-then-extract': {
    fires: [
      'COPY a.tar.gz /x/\nRUN tar -xzf /x/a.tar.gz',
      'COPY a.tgz /\nRUN tar --extract -f a.tgz',
      'COPY b.tar.xz /\nRUN cd / && tar xf b.tar.xz',
    ],
    silent: [
      'FROM a:1 AS b\nCOPY a.tgz /\nFROM c:1\nRUN tar xf a.tgz',
      'FROM a:1 AS b\nFROM c:1\nCOPY --from=b a.tgz /\nRUN tar xf /a.tgz',
      'COPY a.tgz /\nRUN tar czf b.tgz /',
    ],
  },
  'shell-form': {
    fires: ['CMD node x', 'ENTRYPOINT node x'],
    silent: [
      'CMD ["node", "x"]',
      'SHELL ["/bin/bash", "-c"]\nCMD node x',
      'FROM a:1 AS b\nSHELL ["/bin/bash", "-c"]\nFROM b\nCMD node x',
    ],
  },
  'only-one': {
    fires: ['CMD ["a"]\nCMD ["b"]', 'ENTRYPOINT ["a"]\nENTRYPOINT ["b"]', 'HEALTHCHECK CMD a\nHEALTHCHECK NONE'],
    silent: ['FROM a:1 AS b\nCMD ["a"]\nFROM c:1\nCMD ["b"]', 'CMD ["a"]\nENTRYPOINT ["b"]'],
  },
  'port-range': {
    fires: ['EXPOSE 70000', 'EXPOSE 80-70000', 'EXPOSE 65536/udp'],
    silent: ['EXPOSE 80', 'EXPOSE 80/udp', 'EXPOSE 8000-9000', 'EXPOSE $PORT'],
  },
  'env-self': {
    fires: ['ENV A=b C=$A', 'ENV A=b C=${A}/x'],
    silent: ['ENV PATH=$PATH:/x', 'ENV A=b\nENV C=$A', 'ENV A=b C=$AB', 'ENV A=b C=\\$A'],
  },
  'undefined-var': {
    fires: ['FROM scratch\nCOPY $NOPE /x', 'ARG V=1\nFROM scratch\nLABEL v=$V'],
    silent: [
      'FROM scratch\nRUN echo $NOPE',
      'FROM scratch\nCMD echo $NOPE',
      'COPY $MAYBE /x',
      'FROM scratch\nCOPY <<EOF /x\n$NOPE\nEOF',
    ],
  },
  'empty-continuation': { fires: ['RUN a \\\n\n  && b'], silent: ['RUN a \\\n  && b', 'RUN <<EOF\na \\\n\nb\nEOF'] },
}

const whole = (text: string): string =>
  /^(?:FROM|ARG|#|from|From)\b/.test(text) && /^from\b/im.test(text) ? text : `FROM debian:12\n${text}`

describe.each(Object.entries(cases))('%s', (rule, { fires, silent, sample }) => {
  const found = async (text: string): Promise<number> => (await judge(`dockerfile/${rule}`, `${whole(text)}\n`, sample)).length
  test.each(fires)('reports %j', async text => {
    expect(await found(text)).toBeGreaterThan(0)
  })
  test.each(silent)('is silent about %j', async text => {
    expect(await found(text)).toBe(0)
  })
})
