/** https://learn.microsoft.com/dotnet/core/tools/dotnet-package-add */
import { commandsFor, goals, type RemedyUnit } from '../remedy-unit.ts'

const unit: RemedyUnit = {
  title: '.NET',
  name: /^[A-Za-z0-9_][\w.-]{0,99}$/,
  isSingle: true,
  advise(upgrades) {
    // Shared frameworks are installed with the runtime: https://learn.microsoft.com/dotnet/core/tools/
    const runtime = upgrades.filter(({ paths }) => paths.some(path => /\/shared\/Microsoft\.[\w.]+\/\d/.test(path)))
    const own = upgrades.filter(one => !runtime.includes(one))
    return {
      text: [
        own.length > 0 ? `Upgrade ${goals(own)}; what others need is upgraded by naming it as a package of one’s own.` : '',
        runtime.length > 0 ? `The .NET runtime brings ${goals(runtime)}: install its newest patch.` : '',
      ]
        .filter(text => text !== '')
        .join(' '),
      commands: own.flatMap(({ name, to }) => commandsFor('dotnet add package', [name], `--version ${to}`)),
    }
  },
}

export default unit
