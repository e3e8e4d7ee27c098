import type { Span } from '../../../model/text.ts'
import { flagNamed, runCommands, stepsNamed } from '../../dockerfile-queries.ts'
import { dockerfileRule } from '../../dockerfile-rule.ts'

export default dockerfileRule({
  on: 'dockerfile',
  severity: 'medium',
  since: '0.1.0',
  profile: 'default',
  weighs: 'content',
  summary: 'Something is downloaded over plain http',
  why: 'Anybody between the build machine and the server can read and change what comes over http, and it becomes part of your image. Checksums and signatures that are checked afterwards help; https costs nothing.',
  examples: [
    {
      bad: 'FROM alpine:3.20\nRUN wget http://example.org/a.tgz\nUSER nobody\n',
      good: 'FROM alpine:3.20\nRUN wget https://example.org/a.tgz && curl http://localhost:8080/health\nUSER nobody\n',
      byHand: true,
    },
    {
      bad: 'FROM alpine:3.20\nADD http://example.org/a /a\n',
      good: 'FROM alpine:3.20\nADD --checksum=sha256:24454f830cdb571e2c4ad15481119c43b3cafd48dd869a9b2945d1036d1dc68d http://example.org/a /a\n',
      byHand: true,
    },
  ],
  replaces: ['avoid_http'],
  fixes: 'manual',
  *check(dockerfile) {
    const report = (url: string, at: Span) => ({
      at,
      message: `\`${url.slice(0, 100)}\` comes over a connection that anybody in between can change`,
      fix: { title: 'Use https, and check a checksum or signature', safety: 'manual' as const, edits: [] },
    })
    for (const step of stepsNamed(dockerfile, 'ADD')) {
      if (flagNamed(step, 'checksum')) continue
      for (const { raw, span } of step.instruction.words.slice(0, -1))
        if (isPlain(raw)) yield report(raw.replace(/^["']/, ''), span)
    }
    for (const { command, script } of runCommands(
      dockerfile,
      'curl',
      'wget',
      'git',
      'pip',
      'aria2c',
      'npm',
      'yarn',
      'gem',
      'rpm',
      'yum',
      'dnf',
      'apk',
    )) {
      for (const { text, span } of [
        ...command.args.filter(({ text: word }) => /^["']?http:/i.test(word)),
        ...command.options.flatMap(({ value, span: at }) =>
          value !== undefined && /^http:/i.test(value) ? [{ text: value, span: at }] : [],
        ),
      ].filter((word, i, all) => all.findIndex(other => other.span.start === word.span.start) === i)) {
        if (!isPlain(text)) continue
        // apk, yum and dnf check signatures themselves, unless that was switched off, which is another finding.
        if (['apk', 'yum', 'dnf'].includes(command.name)) continue
        // What a checksum or a signature is compared with afterwards cannot be changed on the way.
        if (
          script.commands.some(
            other =>
              other.span.start > command.span.start &&
              /^(?:sha\d+sum|shasum|md5sum|b2sum|gpgv?|cosign|minisign|openssl)$/.test(other.name),
          )
        )
          continue
        yield report(text, span)
      }
    }
  },
})

/** http to somewhere else than this machine or network. */
const isPlain = (text: string): boolean => {
  const match = /^["']?http:\/\/(?:[^/@\s]*@)?(\[[^\]]*\]|[^/:\s"'?#]+)/i.exec(text)
  if (!match) return false
  const host = match[1]!.toLowerCase()
  return !/^(?:localhost|127\.[\d.]+|0\.0\.0\.0|\[::1?\]|host\.docker\.internal|gateway\.docker\.internal|169\.254\.[\d.]+|metadata\.google\.internal|10\.[\d.]+|192\.168\.[\d.]+|172\.(?:1[6-9]|2\d|3[01])\.[\d.]+)$|^\$|^[a-z0-9-]+$/.test(
    host,
  )
}
