import { fixBy, removeAt, stepsNamed } from '../../dockerfile-queries.ts'
import { dockerfileRule } from '../../dockerfile-rule.ts'
import { exposedPorts } from '../../ports.ts'

export default dockerfileRule({
  on: 'dockerfile',
  severity: 'medium',
  since: '0.1.0',
  profile: 'default',
  weighs: 'everywhere',
  summary: 'EXPOSE is given an address or a port of the host',
  why: 'EXPOSE publishes nothing and binds to no address: `127.0.0.1:80:80` protects nothing here, although it looks like it. Where and for whom a port is opened is decided by `docker run -p` alone, and there the safe address is then forgotten.',
  examples: [
    { bad: 'FROM nginx:1.27\nEXPOSE 127.0.0.1:8080:80\nUSER nginx\n', good: 'FROM nginx:1.27\nEXPOSE 80\nUSER nginx\n' },
    { bad: 'FROM nginx:1.27\nEXPOSE 8080:80/tcp\nUSER nginx\n', good: 'FROM nginx:1.27\nEXPOSE 80/tcp\nUSER nginx\n' },
  ],
  replaces: ['ExposeInvalidFormat'],
  links: ['https://docs.docker.com/reference/build-checks/expose-invalid-format/'],
  fixes: 'safe',
  *check(dockerfile) {
    for (const step of stepsNamed(dockerfile, 'EXPOSE')) {
      for (const { word, mapping } of exposedPorts(step, dockerfile.tree.escape)) {
        if (mapping === undefined) continue
        const colon = word.raw.lastIndexOf(':')
        const literal = !/["'$]/.test(word.raw) && colon > 0 && word.span.end - word.span.start === word.raw.length
        yield {
          at: word.span,
          message: `\`${word.raw}\`: EXPOSE takes the port of the container only`,
          fix: literal
            ? fixBy(
                'safe',
                'Keep the port of the container',
                removeAt(dockerfile, { start: word.span.start, end: word.span.start + colon + 1 }),
              )
            : { title: 'Keep the port of the container', safety: 'manual', edits: [] },
        }
      }
    }
  },
})
