import { stepsNamed } from '../../dockerfile-queries.ts'
import { dockerfileRule } from '../../dockerfile-rule.ts'
import { exposedPorts } from '../../ports.ts'

export default dockerfileRule({
  on: 'dockerfile',
  severity: 'high',
  since: '0.1.0',
  profile: 'default',
  weighs: 'everywhere',
  summary: 'EXPOSE names a port that does not exist',
  why: 'Ports go from 0 to 65535. The build stops, or firewalls and network policies that are made from the image open the wrong port while the right one stays a secret that everyone opens by hand.',
  examples: [
    {
      bad: 'FROM nginx:1.27\nEXPOSE 80000\nUSER nginx\n',
      good: 'FROM nginx:1.27\nEXPOSE 8080 9000-9010/udp $PORT\nUSER nginx\n',
      byHand: true,
    },
  ],
  replaces: ['DL3011', 'DS-0008', 'unix_ports_out_of_range', 'invalid-port'],
  fixes: 'manual',
  *check(dockerfile) {
    for (const step of stepsNamed(dockerfile, 'EXPOSE')) {
      for (const { word, text, known, first, last, protocol } of exposedPorts(step, dockerfile.tree.escape)) {
        if (!known) continue
        const fix = {
          title: 'Write a port from 0 to 65535, perhaps with /tcp, /udp or /sctp',
          safety: 'manual' as const,
          edits: [],
        }
        if (Number.isNaN(first)) yield { at: word.span, message: `\`${text}\` is not a port`, fix }
        else if (first > 65535 || last > 65535)
          yield { at: word.span, message: `port \`${first > 65535 ? first : last}\` is beyond 65535`, fix }
        else if (last < first) yield { at: word.span, message: `the range \`${text}\` ends before it begins`, fix }
        else if (protocol !== undefined && !/^(?:tcp|udp|sctp)$/i.test(protocol))
          yield { at: word.span, message: `\`${protocol}\` is not a protocol of EXPOSE`, fix }
      }
    }
  },
})
