import { fixBy, removeAt } from '../../dockerfile-queries.ts'
import { dockerfileRule } from '../../dockerfile-rule.ts'

export default dockerfileRule({
  on: 'dockerfile',
  severity: 'low',
  since: '0.1.0',
  profile: 'default',
  weighs: 'everywhere',
  summary: 'FROM names a fixed platform',
  why: 'The stage is then built for that one platform, whatever was asked for. On another machine the program runs in an emulator, slowly and without some protections of the hardware, or does not start at all. Without the flag the same file gives the right image everywhere.',
  examples: [
    { bad: 'FROM --platform=linux/amd64 alpine:3.20\nUSER nobody\n', good: 'FROM alpine:3.20\nUSER nobody\n' },
    {
      bad: 'FROM --platform=linux/arm64 alpine:3.20 AS build\nFROM alpine:3.20\nCOPY --from=build /x /x\n',
      good: 'FROM --platform=linux/arm64 alpine:3.20 AS build-arm64\nFROM --platform=$BUILDPLATFORM alpine:3.20\nCOPY --from=build-arm64 /x /x\n',
      byHand: true,
    },
  ],
  replaces: ['FromPlatformFlagConstDisallowed', 'DL3029', 'using_platform_with_from', 'avoid-platform-with-from'],
  links: ['https://docs.docker.com/reference/build-checks/from-platform-flag-const-disallowed/'],
  fixes: 'unsafe',
  *check(dockerfile) {
    for (const { platform, name } of dockerfile.stages) {
      if (!platform || platform.raw.includes('$') || platform.raw === '') continue
      // A stage made for one platform says so in its name: `build-arm64`, `windows-base`.
      const [os = '', arch = ''] = platform.raw.toLowerCase().split('/')
      if (name !== undefined && ((os !== '' && name.includes(os)) || (arch !== '' && name.includes(arch)))) continue
      // Windows images exist for Windows only: the flag is how to say so.
      if (os === 'windows') continue
      const text = dockerfile.tree.text
      let { end } = platform.span
      while (text[end] === ' ' || text[end] === '\t') end++
      yield {
        at: platform.span,
        message: `\`--platform=${platform.raw}\` gives this platform whatever was asked for`,
        fix: fixBy(
          'unsafe',
          'Remove it; the stage is then built for the platform that was asked for',
          removeAt(dockerfile, { start: platform.span.start, end }),
        ),
      }
    }
  },
})
