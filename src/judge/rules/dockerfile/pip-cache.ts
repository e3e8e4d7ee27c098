import type { Variables } from '../../../read/dockerfile/graph.ts'
import { hasOption } from '../../../read/shell/queries.ts'
import { type CommandAt, fixBy, insertAt, mountsOf } from '../../dockerfile-queries.ts'
import { dockerfileRule } from '../../dockerfile-rule.ts'
import { isEditable, requestsTo } from '../../package-queries.ts'

export default dockerfileRule({
  on: 'dockerfile',
  severity: 'low',
  since: '0.1.0',
  profile: 'default',
  summary: 'The download cache of pip stays in the layer',
  why: 'pip keeps every archive that it downloaded below ~/.cache/pip, for a next time that never comes in an image. It is dead weight in every pull, and scanners find the packages in it a second time.',
  examples: [
    {
      bad: 'FROM python:3.12-slim\nRUN pip install -r requirements.txt\nUSER app\n',
      good: 'FROM python:3.12-slim\nRUN pip install --no-cache-dir -r requirements.txt\nUSER app\n',
    },
    {
      bad: 'FROM python:3.12-slim\nENV PIP_NO_CACHE_DIR=off\nRUN pip3 install .\n',
      good: 'FROM python:3.12-slim\nENV PIP_NO_CACHE_DIR=1\nRUN pip3 install .\nRUN --mount=type=cache,target=/root/.cache/pip pip install x\n',
      byHand: true,
    },
  ],
  replaces: ['DL3042', 'pip_install_keeping_cached_packages', 'missing-pip-no-cache-dir'],
  links: ['https://pip.pypa.io/en/stable/topics/caching/'],
  fixes: 'safe',
  *check(dockerfile) {
    for (const at of requestsTo(dockerfile, 'pip')) {
      const { request, command, step } = at
      if (
        request.action !== 'install' ||
        !request.verb ||
        // Options may be cut short: https://docs.python.org/3/library/optparse.html
        hasOption(command, '--no-cache-dir', '--no-cache', '--dry-run') ||
        isOff(step.before.variables) ||
        isOffInScript(at)
      )
        continue
      if (
        mountsOf(step).some(
          ({ type, target }) =>
            (type === 'cache' || type === 'tmpfs') && target !== undefined && /(?:^|\/)\.cache(?:\/pip)?$|pip/.test(target),
        )
      )
        continue
      yield {
        at: { start: command.nameWord!.span.start, end: request.verb.span.end },
        message: `\`${request.program} install\` without \`--no-cache-dir\` keeps its downloads in this layer`,
        fix: isEditable(at)
          ? fixBy('safe', 'Add --no-cache-dir', insertAt(dockerfile, request.verb.span.end, ' --no-cache-dir'))
          : { title: 'Add --no-cache-dir', safety: 'manual', edits: [] },
      }
    }
  },
})

/** pip reads its options from variables too; these values mean "no". https://pip.pypa.io/en/stable/topics/configuration/ */
const isFalse = (value: string | undefined): boolean => value !== undefined && /^(?:|0|n|no|f|false|off)$/i.test(value)

const isOff = (variables: Variables): boolean => {
  const variable = variables.get('PIP_NO_CACHE_DIR')
  return variable !== undefined && !isFalse(variable.value)
}

/** `PIP_NO_CACHE_DIR=1 pip install`, or `export PIP_NO_CACHE_DIR=1` before it. */
const isOffInScript = ({ script, command }: CommandAt): boolean =>
  command.assignments.some(({ name, value }) => name === 'PIP_NO_CACHE_DIR' && !isFalse(value?.text)) ||
  script.commands.some(
    other =>
      other.span.start < command.span.start &&
      (other.name === 'export' || other.name === '') &&
      [...other.args.map(({ text }) => text), ...other.assignments.map(({ name, value }) => `${name}=${value?.text ?? ''}`)].some(
        text => /^PIP_NO_CACHE_DIR=(?!0?$|no?$|f(?:alse)?$|off$)/i.test(text),
      ),
  )
