import { dockerfileRule } from '../../dockerfile-rule.ts'
import { requestsTo } from '../../package-queries.ts'

export default dockerfileRule({
  on: 'dockerfile',
  severity: 'low',
  since: '0.1.0',
  profile: 'default',
  weighs: 'content',
  summary: 'go installs a module without naming its version',
  why: 'Without a version, or with @latest, the build takes whatever was tagged last, also by somebody who took over the repository. With a version the checksum database guarantees that everyone in the world gets the same code for it.',
  examples: [
    {
      bad: 'FROM golang:1.23\nRUN go install github.com/a/b@latest\nUSER app\n',
      good: 'FROM golang:1.23\nRUN go install github.com/a/b@v1.2.3 && go install ./cmd/x && go run . serve example.com/y\nUSER app\n',
      byHand: true,
    },
  ],
  replaces: ['DL3062'],
  links: ['https://go.dev/ref/mod#go-install'],
  fixes: 'manual',
  *check(dockerfile) {
    for (const { request } of requestsTo(dockerfile, 'go')) {
      if (request.action !== 'install') continue
      for (const { word, name, version, kind } of request.packages) {
        // A module from outside begins with a host name; `std`, `cmd/vet` and `./...` are here already.
        if (
          kind !== 'name' ||
          !word.literal ||
          !/^[^/]+\.[^/]+\//.test(name) ||
          (version !== undefined && !/^(?:latest|upgrade|patch|master|main|HEAD)$/.test(version))
        )
          continue
        yield {
          at: word.span,
          message: `\`${word.text}\` is whatever version is newest`,
          fix: { title: `Name the version: ${name}@v…`, safety: 'manual', edits: [] },
        }
      }
    }
  },
})
