/** https://getcomposer.org/doc/03-cli.md#update-u-upgrade */
import { commandsFor, goals, type RemedyUnit } from '../remedy-unit.ts'

const unit: RemedyUnit = {
  title: 'PHP',
  name: /^[A-Za-z0-9][\w.-]{0,127}\/[A-Za-z0-9][\w.-]{0,127}$/,
  isSingle: true,
  advise(upgrades) {
    const words = (direct: boolean): readonly string[] =>
      upgrades.filter(({ isDirect }) => isDirect === direct).map(({ name, to }) => `${name}:${to}`)
    return {
      text: `Upgrade ${goals(upgrades)}.`,
      commands: [
        ...commandsFor('composer require', words(true), '--update-with-dependencies'),
        ...commandsFor('composer update', words(false), '--with-dependencies'),
      ],
    }
  },
}

export default unit
