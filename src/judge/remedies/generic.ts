/** Programs that no package manager knows. */
import { goals, type RemedyUnit, some } from '../remedy-unit.ts'

const unit: RemedyUnit = {
  title: 'programs',
  name: /^[A-Za-z0-9_][\w.+-]{0,127}$/,
  advise: upgrades => ({
    text: `No package manager knows ${some(upgrades.flatMap(({ paths }) => paths))}: where the Dockerfile copies or downloads ${upgrades.length === 1 ? 'it' : 'them'}, take ${goals(upgrades)}, or newer.`,
    commands: [],
  }),
}

export default unit
