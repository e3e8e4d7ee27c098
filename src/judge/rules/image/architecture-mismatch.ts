import { advice, counted, imageRule, listed, placesOf } from '../../image-rule.ts'

/** What runs on a machine of the architecture, as images and as ELF files name it. */
const runs: Readonly<Record<string, readonly string[]>> = {
  amd64: ['amd64', '386'],
  '386': ['386'],
  arm64: ['arm64', 'arm'],
  arm: ['arm'],
  ppc64le: ['ppc64'],
  s390x: ['s390x'],
  riscv64: ['riscv64'],
  loong64: ['loong64'],
}

export default imageRule({
  on: 'image',
  severity: 'high',
  since: '0.1.0',
  profile: 'default',
  summary: 'Programs are built for another architecture than the image claims',
  why: 'The image says that it runs on one architecture, and its programs are of another: they end with “exec format error”, or run slowly in an emulator where one is installed. It happens when COPY takes what was built on the developer’s machine, or FROM --platform names the builder’s.',
  examples: [
    {
      bad: '{ "platform": "linux/arm64", "census": { "programs": 1, "machines": [{ "machine": "amd64", "items": ["/app"] }] } }',
      good: '{ "platform": "linux/amd64", "census": { "programs": 1, "machines": [{ "machine": "amd64", "items": ["/app"] }] } }',
    },
  ],
  links: ['https://docs.docker.com/build/building/multi-platform/#cross-compilation'],
  fixes: 'manual',
  *check({ platform, census: { machines, programs, start } }) {
    const architecture = platform?.split('/')[1] ?? ''
    const own = runs[architecture]
    if (!own) return
    const foreign = machines.filter(({ machine }) => !own.includes(machine))
    const count = foreign.reduce((sum, one) => sum + one.count, 0)
    if (count === 0) return
    const items = foreign.flatMap(one => one.items)
    const isAll = 2 * count > programs || items.some(({ path }) => path === start?.path)
    yield {
      ...placesOf({ count, items }),
      // A few may be there for others: firmware, programs that are handed out.
      ...(isAll ? {} : { severity: 'info' as const }),
      message: `the image is for ${architecture}, and ${counted(count, 'program')} of it for ${foreign.map(({ machine }) => machine).join(', ')}: ${listed({ count, items })}`,
      fix: advice(
        'Build for the image’s own platform: FROM --platform=$BUILDPLATFORM only in builder stages, and TARGETARCH for the compiler',
      ),
    }
  },
})
