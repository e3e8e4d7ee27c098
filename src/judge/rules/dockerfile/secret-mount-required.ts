import * as v from 'valibot'
import { mountsOf, runCommands } from '../../dockerfile-queries.ts'
import { dockerfileRule } from '../../dockerfile-rule.ts'
import { secretMount } from '../../secret-mount.ts'

const options = v.object({
  /** Command → the ids of the secrets that it must be given. */
  commands: v.optional(v.record(v.string(), v.union([v.string(), v.array(v.string())])), {}),
})

export default dockerfileRule<v.InferOutput<typeof options>>({
  on: 'dockerfile',
  severity: 'medium',
  since: '0.1.0',
  profile: 'default',
  weighs: 'everywhere',
  summary: 'A command runs without the secret mount that the configuration asks for',
  why: 'Where a company mirror needs a login, people without the mount find other ways: a token in ARG, a .npmrc that is copied, the public registry, on which somebody may have published a package of the same name. The option `commands` says which tool needs which mount.',
  examples: [
    {
      bad: 'FROM node:22\nRUN npm ci\nUSER node\n',
      good: 'FROM node:22\nRUN --mount=type=secret,id=npmrc,target=/root/.npmrc,required=true npm ci\nUSER node\n',
      byHand: true,
      options: { commands: { npm: 'npmrc' } },
    },
  ],
  options,
  fixes: 'manual',
  *check(dockerfile, { commands }) {
    const wanted = Object.entries(commands)
    for (const [name, ids] of wanted) {
      for (const { command, step } of runCommands(dockerfile, name)) {
        const given = new Set(
          mountsOf(step).flatMap(({ type, field }) =>
            type === 'secret' ? [field('id')?.value ?? field('source', 'src')?.value ?? ''] : [],
          ),
        )
        const missing = [ids].flat().filter(id => !given.has(id))
        if (missing.length === 0) continue
        yield {
          at: command.nameWord!.span,
          message: `\`${name}\` runs without the secret ${missing.map(id => `\`${id}\``).join(', ')}`,
          fix: {
            title: `Add ${missing.map(id => `--mount=${secretMount(id)}`).join(' ')} to this RUN`,
            safety: 'manual',
            edits: [],
          },
        }
      }
    }
  },
})
