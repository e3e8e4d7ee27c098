/**
 * https://pip.pypa.io/en/stable/user_guide/#constraints-files, https://python-poetry.org/docs/cli/#update, https://docs.astral.sh/uv/concepts/projects/sync/,
 * https://pipenv.pypa.io/en/latest/commands.html#upgrade, https://pdm-project.org/latest/reference/cli/
 */
import {
  type Advised,
  commandsFor,
  fileName,
  goals,
  nearestFile,
  type Project,
  type RemedyUnit,
  type Wanted,
} from '../remedy-unit.ts'

const files = ['uv.lock', 'poetry.lock', 'Pipfile.lock', 'pdm.lock', 'requirements.txt']

/** Python's own tools, which no application asks for. */
const tools: ReadonlySet<string> = new Set(['pip', 'setuptools', 'wheel'])

/** A virtual environment and an image's Python bring them along. */
const withTools = (own: readonly Wanted[], advised: Advised | undefined): Advised => {
  if (own.length === 0) return advised!
  const exact = own.map(({ name, to }) => `${name}==${to}`)
  return {
    text: [advised?.text, `Python’s own tools are upgraded by a line of the Dockerfile: ${goals(own)}.`]
      .filter(text => text !== undefined)
      .join(' '),
    commands: advised?.commands ?? [],
    snippets: [
      ...(advised?.snippets ?? []),
      { file: 'Dockerfile', text: `RUN pip install --no-cache-dir ${[...new Set(exact)].join(' ')}\n` },
    ],
  }
}

const unit: RemedyUnit = {
  title: 'Python',
  // https://packaging.python.org/en/latest/specifications/name-normalization/#name-format
  name: /^[A-Za-z0-9](?:[\w.-]{0,126}[A-Za-z0-9])?$/,
  isSingle: true,
  advise(all, project) {
    const [first, ...rest] = all.filter(({ name }) => !tools.has(name.toLowerCase()))
    return withTools(
      all.filter(({ name }) => tools.has(name.toLowerCase())),
      first && ofApplication([first, ...rest], project),
    )
  },
}

export default unit

const ofApplication = (upgrades: readonly Wanted[], project: Project): Advised => {
  const text = `Upgrade ${goals(upgrades)}.`
  const exact = upgrades.map(({ name, to }) => `${name}==${to}`)
  const direct = upgrades.filter(one => one.isDirect)
  const others = upgrades.filter(one => !one.isDirect)
  const file = nearestFile(files, upgrades, project)
  switch (file === undefined ? '' : fileName(file)) {
    case 'uv.lock':
      return {
        text,
        commands: [
          commandsFor(
            'uv add',
            direct.map(({ name, to }) => `${name}==${to}`),
          ),
          ...others.map(({ name, to }) => commandsFor('uv lock --upgrade-package', [`${name}==${to}`])),
        ].flat(),
      }
    case 'poetry.lock':
      return {
        text: others.length > 0 ? `${text} What others need goes to the newest version that they allow.` : text,
        commands: [
          ...commandsFor(
            'poetry add',
            direct.map(({ name, to }) => `${name}@${to}`),
          ),
          ...commandsFor(
            'poetry update',
            others.map(({ name }) => name),
          ),
        ],
      }
    case 'Pipfile.lock':
      return {
        text,
        commands: [
          ...commandsFor(
            'pipenv install',
            direct.map(({ name, to }) => `${name}==${to}`),
          ),
          ...commandsFor(
            'pipenv upgrade',
            others.map(({ name, to }) => `${name}==${to}`),
          ),
        ],
      }
    case 'pdm.lock':
      return {
        text: others.length > 0 ? `${text} What others need goes to the newest version that they allow.` : text,
        commands: [
          ...commandsFor(
            'pdm add',
            direct.map(({ name, to }) => `${name}==${to}`),
          ),
          ...commandsFor(
            'pdm update',
            others.map(({ name }) => name),
          ),
        ],
      }
    default:
      return {
        text: `${text} The lines go into requirements.txt, in place of those that it has for them.`,
        commands: commandsFor('pip install', exact),
        snippets: [{ file: 'requirements.txt', text: `${[...new Set(exact)].join('\n')}\n` }],
      }
  }
}
