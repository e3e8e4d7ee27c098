/** https://hexdocs.pm/mix/Mix.Tasks.Deps.Update.html */
import { commandsFor, goals, type RemedyUnit } from '../remedy-unit.ts'

const unit: RemedyUnit = {
  title: 'Elixir and Erlang',
  name: /^[a-z0-9][a-z0-9_]{0,63}$/,
  isSingle: true,
  advise: upgrades => ({
    text: `Upgrade ${goals(upgrades)}; where mix.exs does not allow that, change it there first.`,
    commands: commandsFor(
      'mix deps.update',
      upgrades.map(({ name }) => name),
    ),
  }),
}

export default unit
