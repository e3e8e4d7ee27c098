import assert from 'node:assert/strict'
import { test } from 'vitest'
import { trialOf } from '../../../../test/harden-still.ts'
import split from './multi-stage-go.ts'

const context = { 'go.mod': 'module example.com/app\n', 'go.sum': '', 'cmd/server/main.go': '', 'main.go': '' }
const { still, becomes, stays } = trialOf(split, { context, stacks: [{ name: 'go' }] })

test('a program without C ships alone, with certificates and the files that it reads', async () => {
  await becomes(
    `FROM golang:1.27

# modules first
WORKDIR /app
COPY go.mod go.sum ./
RUN go mod download
COPY . .
ENV GIN_MODE=release
ENV GOFLAGS=-mod=mod
RUN go build -o main ./cmd/server

# web
EXPOSE 8080
CMD ["./main"]
`,
    `FROM golang:1.27 AS build

# modules first
WORKDIR /app
COPY go.mod go.sum ./
RUN go mod download
COPY . .
ENV GIN_MODE=release
ENV GOFLAGS=-mod=mod
RUN CGO_ENABLED=0 go build -o main ./cmd/server

FROM scratch
WORKDIR /app
ENV GIN_MODE=release
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
COPY --from=build /app/main /app/main
COPY --from=build /app/config.yaml /app/config.yaml
COPY --from=build /app/templates /app/templates

# web
EXPOSE 8080
CMD ["./main"]
`,
    {
      context: {
        ...context,
        'templates/a.html': '',
        'config.yaml': '',
        'docs/a.html': '',
        'vendor/a/a.css': '',
        '.env': '',
        'compose.yaml': '',
      },
    },
  )
})

test('go install, a time zone, lower case: the binary goes where it is found', async () => {
  await becomes(
    'from golang:1.27-alpine\nrun apk add --no-cache git tzdata\nenv CGO_ENABLED=0\nworkdir /src\ncopy . .\nrun go install ./cmd/server\nentrypoint ["server"]\n',
    `from golang:1.27-alpine as build
run apk add --no-cache git tzdata
env CGO_ENABLED=0
workdir /src
copy . .
run go install ./cmd/server

from scratch
env ZONEINFO=/zoneinfo.zip
workdir /src
copy --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
copy --from=build /usr/local/go/lib/time/zoneinfo.zip /zoneinfo.zip
copy --from=build /go/bin/server /usr/local/bin/server
entrypoint ["server"]
`,
  )
})

test('time zones come along where the sources load them by name', async () => {
  const dockerfile = 'FROM golang:1.27\nWORKDIR /src\nCOPY . .\nRUN go build -o app .\nCMD ["./app"]\n'
  const zoned = await still(dockerfile, { stacks: [{ name: 'go', timeZones: { value: true, by: 'main.go' } }] })
  assert.match(zoned.text, /ENV ZONEINFO=\/zoneinfo\.zip\n/)
  const plain = await still(dockerfile, { stacks: [{ name: 'go' }] })
  assert.doesNotMatch(plain.text, /zoneinfo/)
})

test('a module that is installed under its own name', async () => {
  const { text } = await still(
    'FROM golang:1.27\nWORKDIR /go/src/app\nCOPY *.go .\nRUN go mod init dispatch && go get\nRUN go install\nCMD ["dispatch"]\n',
  )
  assert.match(
    text,
    /RUN CGO_ENABLED=0 go install\n\nFROM scratch\n(?:.*\n)*COPY --from=build \/go\/bin\/dispatch \/usr\/local\/bin\/dispatch\n/,
  )
})

test('C inside, a shell, or programs of the distribution: a small image with packages', async () => {
  const dockerfile =
    'FROM golang:1.27-bookworm\nWORKDIR /src\nCOPY . .\nRUN apt-get update && apt-get install -y libsqlite3-dev ffmpeg\nRUN go build -o /usr/local/bin/app .\nCMD ["app"]\n'
  const { text } = await still(dockerfile, {
    stacks: [{ name: 'go', native: [{ name: 'github.com/mattn/go-sqlite3', by: 'go.mod', why: 'C' }] }],
  })
  assert.equal(
    text.slice(text.indexOf('RUN go build')),
    'RUN go build -o /usr/local/bin/app .\n\nFROM debian:bookworm-slim\nRUN apt-get update \\\n    && apt-get install -y --no-install-recommends libsqlite3-0 ffmpeg ca-certificates \\\n    && rm -rf /var/lib/apt/lists/*\nWORKDIR /src\nCOPY --from=build /usr/local/bin/app /usr/local/bin/app\nCMD ["app"]\n',
  )
  const shelled = await still(
    'FROM golang:1.27-alpine\nWORKDIR /src\nCOPY . .\nRUN go build -o /app .\nCOPY start.sh /start.sh\nENTRYPOINT ["/start.sh"]\n',
    { context: { ...context, 'start.sh': '#!/bin/sh\nexec /app\n' } },
  )
  assert.match(shelled.text, /\nFROM alpine:3\.24\n(?:.*\n)*COPY start\.sh \/start\.sh\n/)
})

test('what cannot be told is left out, and said', async () => {
  const head = 'FROM golang:1.27\nWORKDIR /src\nCOPY . .\n'
  await stays(`${head}CMD ["go", "run", "main.go"]\n`, /at each start/)
  await stays(`${head}RUN go build -o app .\nCMD ["./other"]\n`, /where `\.\/other` is built/)
  await stays(`${head}RUN go build -o app .\nRUN ./magic.sh\nCMD ["./app"]\n`, /magic\.sh/)
  await stays(`${head}RUN go build -o app .\nCMD ["./app"]\n`, /context is not known/, { context: {} })
})

test('a builder whose output is copied is none of its business', async () => {
  const { text, left } = await still(
    'FROM golang:1.27 AS b\nWORKDIR /a\nCOPY . .\nRUN go build -o /app\n\nFROM scratch\nCOPY --from=b /app /app\nCMD ["/app"]\n',
  )
  assert.equal(left, undefined)
  assert.match(text, /^FROM golang:1\.27 AS b\n/)
})
