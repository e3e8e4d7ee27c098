/**
 * https://pip.pypa.io/en/stable/user_guide/#constraints-files, https://python-poetry.org/docs/cli/#update, https://docs.astral.sh/uv/concepts/projects/sync/,
 * https://pipenv.pypa.io/en/latest/commands.html#upgrade, https://pdm-project.org/latest/reference/cli/
 */
import { commandsFor, fileName, goals, nearestFile, type RemedyUnit } from '../remedy-unit.ts'

const files = ['uv.lock', 'poetry.lock', 'Pipfile.lock', 'pdm.lock', 'requirements.txt']

const unit: RemedyUnit = {
  title: 'Python',
  // https://packaging.python.org/en/latest/specifications/name-normalization/#name-format
  name: /^[A-Za-z0-9](?:[\w.-]{0,126}[A-Za-z0-9])?$/,
  advise(upgrades, project) {
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
  },
}

export default unit
