import { runCommands, stepsNamed } from '../../dockerfile-queries.ts'
import { dockerfileRule } from '../../dockerfile-rule.ts'

export default dockerfileRule({
  on: 'dockerfile',
  severity: 'high',
  since: '0.1.0',
  profile: 'default',
  weighs: 'content',
  summary: 'pip does not check the certificate of its index',
  why: 'With a trusted host pip takes packages over plain or unchecked connections. Anybody in between can hand out other packages, and their setup code runs during the build.',
  examples: [
    {
      bad: 'FROM python:3.12\nRUN pip install --trusted-host pypi.org x==1\nUSER 1000\n',
      good: 'FROM python:3.12\nRUN pip install x==1\nUSER 1000\n',
      byHand: true,
    },
    {
      bad: 'FROM python:3.12\nENV PIP_TRUSTED_HOST=pypi.org\n',
      good: 'FROM python:3.12\nENV PIP_INDEX_URL=https://pypi.example.org/simple\n',
      byHand: true,
    },
  ],
  replaces: ['CKV2_DOCKER_4', 'CKV2_DOCKER_16'],
  fixes: 'manual',
  *check(dockerfile) {
    const fix = { title: 'Remove it, and install the certificate of your index (PIP_CERT)', safety: 'manual' as const, edits: [] }
    for (const { command } of runCommands(dockerfile)) {
      const option =
        command.name === 'pip' || command.name === 'uv'
          ? command.options.find(({ name }) => name === '--trusted-host' || name === '--allow-insecure-host')
          : undefined
      if (option)
        yield { at: option.span, message: `\`${option.name}\` takes packages without checking where they come from`, fix }
      if (command.name === 'pip' && command.operands[0]?.text === 'config') {
        const word = command.operands.find(({ text }) => /trusted-host$/.test(text))
        if (word) yield { at: word.span, message: `\`${word.text}\` takes packages without checking where they come from`, fix }
      }
      for (const { name, span } of assigned(command))
        if (name === 'PIP_TRUSTED_HOST')
          yield { at: span, message: '`PIP_TRUSTED_HOST` takes packages without checking where they come from', fix }
    }
    for (const step of stepsNamed(dockerfile, 'ENV', 'ARG')) {
      for (const { key, span, value } of step.instruction.pairs)
        if (key === 'PIP_TRUSTED_HOST' && value && value.raw !== '')
          yield { at: span, message: '`PIP_TRUSTED_HOST` takes packages without checking where they come from', fix }
    }
  },
})

const assigned = (command: {
  readonly name: string
  readonly assignments: readonly { readonly name: string; readonly span: { readonly start: number; readonly end: number } }[]
  readonly args: readonly { readonly text: string; readonly span: { readonly start: number; readonly end: number } }[]
}) => [
  ...command.assignments,
  ...(command.name === 'export' ? command.args.map(({ text, span }) => ({ name: text.split('=', 1)[0]!, span })) : []),
]
