import { hasOption } from '../../../read/shell/queries.ts'
import { dockerfileRule } from '../../dockerfile-rule.ts'
import { requestsTo } from '../../package-queries.ts'

const tools =
  /^(?:build-base|gcc|g\+\+|clang|make|cmake|autoconf|automake|libtool|pkgconf|pkgconfig|musl-dev|libc-dev|linux-headers|alpine-sdk|rust|cargo)$|-dev$/

export default dockerfileRule({
  on: 'dockerfile',
  severity: 'low',
  since: '0.1.0',
  profile: 'default',
  summary: 'Build tools are installed without a name to remove them by',
  why: 'Compilers and headers that stay in the image are tools for an attacker: with a compiler and a network an exploit can be built on the spot. A virtual package (`--virtual .build-deps`) removes them all with one `apk del` in the same RUN; a builder stage never ships them.',
  examples: [
    {
      bad: 'FROM alpine:3.20\nRUN apk add --no-cache gcc musl-dev && make\nUSER app\n',
      good: 'FROM alpine:3.20\nRUN apk add --no-cache --virtual .deps gcc musl-dev && make && apk del .deps\nUSER app\n',
      byHand: true,
    },
  ],
  links: ['https://wiki.alpinelinux.org/wiki/Alpine_Package_Keeper'],
  fixes: 'manual',
  *check(dockerfile) {
    for (const { request, command, step, script } of requestsTo(dockerfile, 'apk')) {
      if (request.action !== 'install' || hasOption(command, '--virtual', '-t')) continue
      // Only what ships matters: builder stages are made for compilers.
      if (step.stage?.role !== 'final' && step.stage?.role !== 'inherited') continue
      const found = request.packages.filter(({ name, kind }) => kind === 'name' && tools.test(name))
      const removed = new Set(
        script.commands.flatMap(other =>
          other.name === 'apk' && other.operands[0]?.text === 'del' ? other.operands.slice(1).map(({ text }) => text) : [],
        ),
      )
      const stay = found.filter(({ name }) => !removed.has(name))
      const [first] = stay
      if (!first) continue
      yield {
        at: first.word.span,
        also: stay.slice(1).map(({ word }) => word.span),
        message: `build tools stay in the image: ${stay.map(({ name }) => `\`${name}\``).join(', ')}`,
        fix: {
          title: 'Add `--virtual .build-deps` and `apk del .build-deps` at the end of this RUN, or build in a stage of its own',
          safety: 'manual',
          edits: [],
        },
      }
    }
  },
})
