import { fixBy, flagNamed, replaceAt, stepsNamed } from '../../dockerfile-queries.ts'
import { dockerfileRule } from '../../dockerfile-rule.ts'

/** What ADD unpacks: by content, so the names are only a hint. https://docs.docker.com/reference/dockerfile/#add */
const archive = /\.(?:tar|tgz|tbz2?|txz|tzst|tar\.(?:gz|bz2|xz|zst|lz|lzma|Z)|gz|bz2|xz|zst|lzma|Z|tlz|tpz|taz)$/i

export default dockerfileRule({
  on: 'dockerfile',
  severity: 'low',
  since: '0.1.0',
  profile: 'default',
  weighs: 'content',
  summary: 'ADD is used for plain files',
  why: 'ADD also downloads addresses and unpacks archives. Whoever can change the source can make it do so: a file that turns into an archive writes wherever its entries say, links included. COPY only copies.',
  examples: [
    { bad: 'FROM node:22\nADD package.json /app/\nUSER node\n', good: 'FROM node:22\nCOPY package.json /app/\nUSER node\n' },
    {
      bad: 'FROM node:22\nADD . /app\nUSER node\n',
      good: 'FROM node:22\nCOPY . /app\nADD rootfs.tar.xz /\nADD https://example.org/x /x\nADD *.tar.gz /\nUSER node\n',
      byHand: true,
    },
  ],
  replaces: ['DL3020', 'DS-0005', 'CKV_DOCKER_4', 'add_instead_of_copy', 'prefer-copy-over-add', 'CIS-DI-0009'],
  links: ['https://docs.docker.com/build/building/best-practices/#add-or-copy'],
  fixes: 'safe',
  *check(dockerfile) {
    for (const step of stepsNamed(dockerfile, 'ADD')) {
      const { words, keyword } = step.instruction
      if (['checksum', 'keep-git-dir', 'unpack'].some(name => flagNamed(step, name))) continue
      const sources = words.slice(0, -1).map(({ raw }) => raw.replace(/^["']|["']$/g, ''))
      if (sources.length === 0) continue
      // An address, a Git repository, an archive; a pattern or a variable may be one.
      if (
        sources.some(
          source =>
            /^[a-z][a-z0-9+.-]*:\/\//i.test(source) || /^git@/.test(source) || archive.test(source) || source.includes('$'),
        )
      )
        continue
      if (sources.some(source => /[*?[]/.test(source) && !/\.[a-z]{1,4}$/i.test(source))) continue
      const named = sources.every(
        source =>
          /[^./]\.[a-z][a-z0-9]{0,4}$/i.test(source) ||
          source.endsWith('/') ||
          /^\.{1,2}$/.test(source) ||
          source.startsWith('<<'),
      )
      const exact = keyword.span.end - keyword.span.start === keyword.raw.length
      const copy = keyword.raw === 'add' ? 'copy' : 'COPY'
      yield {
        at: keyword.span,
        message: `\`ADD\` is used for ${sources.length === 1 ? `\`${sources[0]}\`, which` : 'files that'} COPY copies as well`,
        fix: exact
          ? fixBy(
              // A name without a known ending may be an archive all the same.
              named ? 'safe' : 'unsafe',
              named ? 'Use COPY' : 'Use COPY; should the source be an archive, it is no longer unpacked',
              replaceAt(dockerfile, keyword.span, copy),
            )
          : { title: 'Use COPY', safety: 'manual', edits: [] },
      }
    }
  },
})
