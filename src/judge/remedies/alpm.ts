/** https://man.archlinux.org/man/pacman.8 */
import { rebuild } from '../remedy-rebuild.ts'
import type { RemedyUnit } from '../remedy-unit.ts'

const unit: RemedyUnit = {
  title: 'Arch Linux',
  name: /^[A-Za-z0-9_@][\w.+@-]{0,127}$/,
  advise: (upgrades, project) => rebuild(upgrades, project, 'pacman -Syu'),
}

export default unit
