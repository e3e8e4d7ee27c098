/** https://bundler.io/man/bundle-update.1.html */
import { commandsFor, goals, type RemedyUnit } from '../remedy-unit.ts'

const unit: RemedyUnit = {
  title: 'Ruby',
  name: /^[A-Za-z0-9_][\w.-]{0,127}$/,
  isSingle: true,
  advise(upgrades) {
    // https://docs.ruby-lang.org/en/master/standard_library_md.html
    const brought = upgrades.filter(({ paths }) => paths.some(path => path.includes('/specifications/default/')))
    const own = upgrades.filter(one => !brought.includes(one))
    return {
      text: [
        own.length > 0 ? `Upgrade ${goals(own)}: the lines go into the Gemfile, in place of those that it has for them.` : '',
        brought.length > 0
          ? `Ruby itself brings ${goals(brought)}: a newer Ruby has newer ones, and a newer gem beside it goes before them.`
          : '',
      ]
        .filter(text => text !== '')
        .join(' '),
      commands: commandsFor(
        'bundle update --conservative',
        own.map(({ name }) => name),
      ),
      snippets: [
        {
          file: 'Gemfile',
          text: `${upgrades.map(({ name, to }) => `gem '${name}', '>= ${to}'`).join('\n')}\n`,
        },
      ],
    }
  },
}

export default unit
