/** https://go.dev/ref/mod#go-mod-edit, https://go.dev/doc/toolchain */
import { commandsFor, goals, type RemedyUnit, some } from '../remedy-unit.ts'

const plain = (version: string): string => version.replace(/^(?:go|v)/, '')

const unit: RemedyUnit = {
  title: 'Go',
  // https://go.dev/ref/mod#module-path
  name: /^[A-Za-z0-9][\w.~-]{0,253}(?:\/[\w.~][\w.~-]{0,253}){0,20}$/,
  isSingle: true,
  advise(upgrades, { owner }) {
    const modules = upgrades.filter(({ name }) => name !== 'stdlib')
    const [go] = upgrades.filter(({ name }) => name === 'stdlib')
    const programs = [...new Set(upgrades.flatMap(({ paths }) => paths))]
    const which = programs.length === 0 ? '' : ` (${some(programs, 3)})`
    return {
      text: [
        go ? `Build with Go ${plain(go.to)} or newer.` : '',
        modules.length > 0 ? `Upgrade ${goals(modules)}.` : '',
        owner === 'stray' ? `What others build${which} is theirs to mend: take their newest release.` : '',
      ]
        .filter(text => text !== '')
        .join(' '),
      commands: [
        ...(go ? commandsFor('go get', [`toolchain@go${plain(go.to)}`]) : []),
        // `go get` refuses a version below the one that another module wants: these are the lowest ones, and Go takes the highest that is wanted.
        ...commandsFor(
          'go mod edit',
          modules.map(({ name, to }) => `-require=${name}@v${plain(to)}`),
        ),
        'go mod tidy',
      ],
    }
  },
}

export default unit
