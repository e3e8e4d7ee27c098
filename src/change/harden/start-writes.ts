/** Where the scripts that start the program write first: what belongs to the distribution stays root's. */
import { lineage } from '../../judge/dockerfile-queries.ts'
import type { Stage } from '../../read/dockerfile/graph.ts'
import { hasOption } from '../../read/shell/queries.ts'
import { readScript } from '../../read/shell/read-script.ts'
import type { Command } from '../../read/shell/script.ts'

const closed = /^\/(?:etc|usr|bin|sbin|lib\w*|root|boot)\//

/** The first path below /etc, /usr and the like that a script writes to, and no step of the stage opens. */
export const closedWrite = (stage: Stage, text: string): string | undefined => {
  const { commands } = readScript({
    text,
    span: { start: 0, end: text.length },
    spanOf: (start, end) => ({ start, end }),
    shell: ['/bin/sh', '-c'],
  })
  for (const command of commands)
    for (const path of targets(command)) if (closed.test(path) && !isOpened(stage, path)) return path
  return undefined
}

const targets = (command: Command): readonly string[] => {
  const { name, operands, redirects } = command
  const written = redirects.flatMap(({ operator, target }) => (operator.includes('>') && target ? [target.text] : []))
  const paths = operands.map(({ text }) => text)
  if (/^(?:cp|mv|ln|install)$/.test(name)) return [...written, ...paths.slice(-1)]
  if (/^(?:tee|touch|rm)$/.test(name)) return [...written, ...paths]
  if (name === 'sed' && hasOption(command, '-i', '--in-place')) return [...written, ...paths.slice(-1)]
  return written
}

/** It is given to somebody, or may be written to by others, while the image is built. */
const isOpened = (stage: Stage, path: string): boolean => {
  const folder = path.slice(0, path.lastIndexOf('/'))
  return lineage(stage).some(
    ({ instruction, scripts }) =>
      instruction.name === 'RUN' &&
      scripts.some(({ commands }) =>
        commands.some(
          ({ name, operands }) =>
            /^(?:chown|chgrp|chmod|install)$/.test(name) &&
            operands.some(
              ({ text }) =>
                text === path || folder === text.replace(/\/$/, '') || folder.startsWith(`${text.replace(/\/$/, '')}/`),
            ),
        ),
      ),
  )
}
