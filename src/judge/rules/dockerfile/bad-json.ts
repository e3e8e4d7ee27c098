import type { Instruction } from '../../../read/dockerfile/syntax.ts'
import { fixBy, replaceAt, stepsNamed } from '../../dockerfile-queries.ts'
import { dockerfileRule } from '../../dockerfile-rule.ts'

export default dockerfileRule({
  on: 'dockerfile',
  severity: 'high',
  since: '0.1.0',
  profile: 'default',
  weighs: 'everywhere',
  summary: 'What looks like JSON is not, and is run as a shell command',
  why: "BuildKit takes a list that is not valid JSON for the shell form: `CMD ['node', 'a.js']` asks /bin/sh to run a program called `[node,`. The container does not start, or COPY looks for files with brackets in their names.",
  examples: [
    { bad: "FROM node:22\nUSER node\nCMD ['node', 'server.js']\n", good: 'FROM node:22\nUSER node\nCMD ["node", "server.js"]\n' },
    {
      bad: 'FROM node:22\nUSER node\nENTRYPOINT ["node", "server.js",]\n',
      good: 'FROM node:22\nUSER node\nENTRYPOINT ["node", "server.js"]\n',
    },
  ],
  fixes: 'unsafe',
  *check(dockerfile) {
    for (const step of stepsNamed(dockerfile, 'CMD', 'ENTRYPOINT', 'RUN', 'SHELL', 'VOLUME', 'COPY', 'ADD', 'HEALTHCHECK')) {
      const owner: Instruction | undefined = step.instruction.name === 'HEALTHCHECK' ? step.instruction.nested : step.instruction
      if (!owner || owner.json || !owner.argument.text.startsWith('[')) continue
      const text = owner.argument.text.trim()
      // `[ -f x ] && y` is a test of the shell, `[[` too; JSON has a quote or a bracket right behind, and a bracket at the end.
      if (!/^\[\s*["'\u2018\u201c]/.test(text) || (owner.name === 'RUN' && /\]\s*(?:&&|\|\||;)/.test(text))) continue
      const repaired = repair(text)
      yield {
        at: owner.argumentSpan,
        message: `this list is not valid JSON, so \`${owner.name}\` takes it for ${owner.name === 'RUN' || owner.name === 'CMD' || owner.name === 'ENTRYPOINT' || owner.name === 'HEALTHCHECK' ? 'a shell command' : 'plain words'}`,
        fix:
          repaired === undefined
            ? { title: 'Write a JSON list: double quotes, a comma between, none at the end', safety: 'manual', edits: [] }
            : fixBy(
                'unsafe',
                'Write it as JSON, which is what it looks like',
                replaceAt(dockerfile, owner.argumentSpan, repaired),
              ),
      }
    }
  },
})

/** The list with double quotes and without the comma too many; undefined when that does not make it JSON. */
const repair = (text: string): string | undefined => {
  if (/[\\]/.test(text)) return undefined
  const parts = [...text.matchAll(/'([^'"]*)'|"([^"]*)"|\u2018([^\u2019]*)\u2019|\u201c([^\u201d]*)\u201d/g)]
  const rest = text.replace(/'[^'"]*'|"[^"]*"|\u2018[^\u2019]*\u2019|\u201c[^\u201d]*\u201d/g, 'x').replace(/\s+/g, '')
  if (!/^\[x(?:,x)*,?\]$/.test(rest)) return undefined
  return `[${parts.map(part => JSON.stringify(part[1] ?? part[2] ?? part[3] ?? part[4] ?? '')).join(', ')}]`
}
