import { dockerfileRule } from '../../dockerfile-rule.ts'

export default dockerfileRule({
  on: 'dockerfile',
  severity: 'high',
  since: '0.1.0',
  profile: 'default',
  weighs: 'everywhere',
  summary: 'Two stages have the same name',
  why: 'A name then means the last of them. COPY --from takes files from another stage than the reader thinks: debug builds, test credentials or unhardened files end up in the image that ships. Names are compared without regard to case.',
  examples: [
    {
      bad: 'FROM golang:1.23 AS build\nFROM node:22 AS Build\nFROM scratch\nUSER 1000\n',
      good: 'FROM golang:1.23 AS build\nFROM node:22 AS assets\nFROM scratch\nUSER 1000\n',
      byHand: true,
    },
  ],
  replaces: ['DL3024', 'DuplicateStageName', 'DS-0012', 'CKV_DOCKER_11', 'same_alias_in_different_froms'],
  links: ['https://docs.docker.com/reference/build-checks/duplicate-stage-name/'],
  fixes: 'manual',
  *check(dockerfile) {
    const first = new Map<string, NonNullable<(typeof dockerfile.stages)[number]['nameWord']>>()
    for (const { name, nameWord } of dockerfile.stages) {
      if (name === undefined || !nameWord) continue
      const earlier = first.get(name)
      if (!earlier) first.set(name, nameWord)
      else {
        yield {
          at: nameWord.span,
          also: [earlier.span],
          message: `the name \`${nameWord.raw}\` is already taken by an earlier stage`,
          fix: { title: 'Give each stage a name of its own', safety: 'manual', edits: [] },
        }
      }
    }
  },
})
