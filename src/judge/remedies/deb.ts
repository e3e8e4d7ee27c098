/** https://manpages.debian.org/stable/apt/apt-get.8.en.html */
import { rebuild } from '../remedy-rebuild.ts'
import type { RemedyUnit } from '../remedy-unit.ts'

/** https://www.debian.org/doc/debian-policy/ch-controlfields.html#source */
const unit: RemedyUnit = {
  title: 'Debian',
  name: /^[A-Za-z0-9][A-Za-z0-9.+-]{0,127}$/,
  advise: (upgrades, project) => rebuild(upgrades, project, 'apt-get install'),
}

export default unit
