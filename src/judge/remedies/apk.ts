/** https://wiki.alpinelinux.org/wiki/Alpine_Package_Keeper */
import { rebuild } from '../remedy-rebuild.ts'
import type { RemedyUnit } from '../remedy-unit.ts'

const unit: RemedyUnit = {
  title: 'Alpine',
  name: /^[A-Za-z0-9][\w.+-]{0,127}$/,
  advise: (upgrades, project) => rebuild(upgrades, project, 'apk add'),
}

export default unit
