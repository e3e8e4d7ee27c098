/** https://dnf.readthedocs.io/en/latest/command_ref.html */
import { rebuild, rpmTool } from '../remedy-rebuild.ts'
import type { RemedyUnit } from '../remedy-unit.ts'

const unit: RemedyUnit = {
  title: 'RPM',
  name: /^[A-Za-z0-9_][\w.+-]{0,127}$/,
  advise: (upgrades, project) => rebuild(upgrades, project, `${rpmTool(project.tools)} install`),
}

export default unit
