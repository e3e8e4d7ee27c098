import { advice, counted, imageRule, listed } from '../../image-rule.ts'

export default imageRule({
  on: 'image',
  severity: 'info',
  since: '0.1.0',
  profile: 'default',
  summary: 'Programs were built without the protections that compilers offer',
  why: 'A program that always lies at the same address (no PIE), whose tables of functions can be overwritten (no RELRO) or that does not notice a smashed stack (no canary) makes an exploit out of what would be a crash elsewhere. Most distributions have all three on by default.',
  examples: [
    {
      bad: '{ "census": { "programs": 2, "withoutPie": ["/app"], "withoutCanary": ["/app"] } }',
      good: '{ "census": { "programs": 2 } }',
    },
  ],
  links: ['https://best.openssf.org/Compiler-Hardening-Guides/Compiler-Options-Hardening-Guide-for-C-and-C++.html'],
  fixes: 'manual',
  *check({ census: { programs, withoutPie, withoutRelro, withoutCanary } }) {
    const lacking = [
      [withoutPie, 'no PIE'],
      [withoutRelro, 'no RELRO'],
      [withoutCanary, 'no stack canary'],
    ] as const
    const found = lacking.filter(([{ count }]) => count > 0)
    if (found.length === 0) return
    const items = [...new Map(found.flatMap(([one]) => one.items.map(item => [item.path, item.at] as const))).values()]
    yield {
      at: items[0]!,
      also: items.slice(1),
      isCut: found.some(([one]) => one.count > one.items.length),
      message:
        programs === 1
          ? `the program ${listed(found[0]![0])} has ${found.map(([, what]) => what).join(', ')}`
          : `of ${counted(programs, 'program')}: ${found.map(([one, what]) => `${what} in ${one.count} (${listed({ ...one, items: one.items.slice(0, 3) })})`).join('; ')}`,
      fix: advice(
        'Build them with -fstack-protector-strong -fPIE -pie -Wl,-z,relro,-z,now (Go: -buildmode=pie), or take the distribution’s',
      ),
    }
  },
})
