import { fixBy, isMostlyLowerCase, replaceAt } from '../../dockerfile-queries.ts'
import { dockerfileRule } from '../../dockerfile-rule.ts'

export default dockerfileRule({
  on: 'dockerfile',
  severity: 'info',
  since: '0.1.0',
  profile: 'default',
  weighs: 'everywhere',
  summary: 'AS is not written like FROM',
  why: 'Mixed spelling makes a line harder to read and to search: `grep " AS "` then misses the stage, and a review of what ships is incomplete.',
  examples: [
    { bad: 'FROM alpine:3.20 as build\nFROM scratch\nUSER 1000\n', good: 'FROM alpine:3.20 AS build\nFROM scratch\nUSER 1000\n' },
    { bad: 'from alpine:3.20 AS build\nfrom scratch\nuser 1000\n', good: 'from alpine:3.20 as build\nfrom scratch\nuser 1000\n' },
  ],
  replaces: ['FromAsCasing'],
  links: ['https://docs.docker.com/reference/build-checks/from-as-casing/'],
  fixes: 'safe',
  *check(dockerfile) {
    const wantLower = isMostlyLowerCase(dockerfile)
    for (const { from, asWord } of dockerfile.stages) {
      const keyword = from.instruction.keyword.raw
      const wanted = keyword === keyword.toUpperCase() ? 'AS' : keyword === keyword.toLowerCase() ? 'as' : undefined
      // A FROM that is itself written unlike the others is another rule's; AS follows when that is mended.
      if (!asWord || wanted === undefined || (wanted === 'as') !== wantLower || asWord.raw === wanted) continue
      yield {
        at: asWord.span,
        message: `\`${asWord.raw}\` does not match the case of \`${keyword}\``,
        fix: fixBy('safe', `Write ${wanted}`, replaceAt(dockerfile, asWord.span, wanted)),
      }
    }
  },
})
