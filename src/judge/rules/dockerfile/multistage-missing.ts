import type { Stage } from '../../../read/dockerfile/graph.ts'
import { lineage } from '../../dockerfile-queries.ts'
import { dockerfileRule } from '../../dockerfile-rule.ts'
import { requestsOf } from '../../package-queries.ts'

/** Packages that build programs and have no place beside the result. */
const compilers =
  /^(?:build-essential|build-base|gcc(?:-\d+)?|g\+\+(?:-\d+)?|clang(?:-\d+)?|make|cmake|ninja(?:-build)?|autoconf|automake|libtool|gcc-c\+\+|golang(?:-go|-\d.*)?|go|cargo|rustc|maven|gradle|default-jdk.*|openjdk-.*-jdk(?:-headless)?|java-.*-devel|ghc|dotnet-sdk-.*|alpine-sdk|musl-dev|linux-headers.*|@?development-tools|kernel-devel)$/
/** Images that are compilers. */
const toolchains = /^(?:library\/(?:golang|rust|maven|gradle|gcc|haskell|swift|dart)|dotnet\/sdk)$/

export default dockerfileRule({
  on: 'dockerfile',
  severity: 'medium',
  since: '0.1.0',
  profile: 'default',
  summary: 'Compilers and build tools ship in the image',
  why: 'What built the program stays beside it. An attacker who gets in finds a compiler for the kernel exploit, headers, package managers, and hundreds of packages with known holes that the program never uses. A builder stage leaves them behind: only the result is copied into the image that ships.',
  examples: [
    {
      bad: 'FROM golang:1.23\nCOPY . .\nRUN go build -o /app\nUSER 1000\nCMD ["/app"]\n',
      good: 'FROM golang:1.23 AS build\nCOPY . .\nRUN go build -o /app\nFROM scratch\nCOPY --from=build /app /app\nUSER 1000\nCMD ["/app"]\n',
      byHand: true,
    },
    {
      bad: 'FROM debian:12\nRUN apt-get update && apt-get install -y gcc make && make\nUSER 1000\nCMD ["/app"]\n',
      good: 'FROM debian:12\nRUN apt-get update && apt-get install -y gcc make && make && apt-get purge -y gcc make\nUSER 1000\nCMD ["/app"]\n',
      byHand: true,
    },
  ],
  links: ['https://docs.docker.com/build/building/multi-stage/'],
  fixes: 'manual',
  *check(dockerfile) {
    const stage = dockerfile.final
    // An image that starts nothing is itself a base or a tool box: what it is for, nobody here knows.
    if (!stage || !starts(stage)) return
    const fix = {
      title: 'Build in a stage of its own, and COPY --from it only what the program needs',
      safety: 'manual' as const,
      edits: [],
    }
    if (stage.root.kind === 'image' && toolchains.test(stage.root.reference.repository)) {
      const bottom = bottomOf(stage)
      yield {
        at: bottom.baseWord?.span ?? bottom.from.instruction.headSpan,
        message: `\`${stage.root.reference.familiar}\` is a tool chain, and all of it ships`,
        fix,
      }
      return
    }
    const installed = new Map<string, { readonly start: number; readonly end: number }>()
    for (const step of lineage(stage)) {
      if (step.instruction.name !== 'RUN') continue
      for (const { request } of requestsOf(step, 'apt', 'apk', 'dnf', 'yum', 'microdnf', 'tdnf', 'zypper')) {
        for (const { name, word, kind } of request.packages) {
          if (request.action === 'install' && (kind === 'name' || kind === 'group') && compilers.test(name))
            installed.set(name, word.span)
          if (request.action === 'remove') installed.delete(name)
        }
        // `apk del .build-deps`, autoremove: what exactly goes, only the package manager knows.
        if (
          request.action === 'remove' &&
          (request.packages.length === 0 ||
            request.packages.some(({ kind, name }) => kind === 'variable' || name.startsWith('.')))
        )
          installed.clear()
      }
    }
    const [first, ...others] = [...installed]
    if (first) {
      yield {
        at: first[1],
        also: others.map(([, span]) => span),
        message: `build tools ship in the image: ${[...installed.keys()].map(name => `\`${name}\``).join(', ')}`,
        fix,
      }
    }
  },
})

const starts = (stage: Stage): boolean =>
  lineage(stage).some(({ instruction }) => instruction.name === 'CMD' || instruction.name === 'ENTRYPOINT')

const bottomOf = (stage: Stage): Stage => {
  let bottom = stage
  while (bottom.base.kind === 'stage') bottom = bottom.base.stage
  return bottom
}
