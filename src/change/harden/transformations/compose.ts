/** The Compose services that build this Dockerfile get the settings that its image can now be run with. */
import type { Edit } from '../../../model/finding.ts'
import { touches } from '../../../model/text.ts'
import { get } from '../../../read/yaml/fields.ts'
import { composeEdits } from '../../container/compose.ts'
import { NotExact, YamlSplices } from '../../container/edits.ts'
import { type BesideService, servicesOf } from '../beside.ts'
import { wishesFor } from '../beside-wishes.ts'
import { joinTitles } from '../titles.ts'
import { transformation } from '../transformation.ts'

export default transformation({
  title: 'Run the service with a read-only file system and without rights that it does not need',
  why: 'What the image allows, the one who runs it has to use: without capabilities, with a file system that cannot be written to and no way to become root again, an attacker who took over the process can leave nothing behind, start nothing of their own, and reach nothing of the kernel that is for root.',
  level: 'balanced',
  safety: 'unsafe',
  order: 900,
  apply(subject) {
    const left: string[] = []
    const check = new Set<string>()
    const all = new Changes()
    for (const service of servicesOf(subject)) {
      const { container, source } = service
      const { wishes, check: own, run } = wishesFor(subject, container)
      for (const one of own) check.add(`\`${container.name}\`: ${one}`)
      try {
        if (wishes.length > 0) {
          const { edits, note } = composeEdits(wishes, container, service.project, service.main)
          all.take(edits, `Run the service \`${container.name}\` with fewer rights${note === undefined ? '' : `; ${note}`}`)
        } else if (run.init && !get(source.body, 'init') && !get(source.body, 'extends'))
          all.take(withInit(service), `Start \`${container.name}\` below an init that hands on signals`)
      } catch (error) {
        if (!(error instanceof NotExact)) throw error
        left.push(`the service \`${container.name}\` cannot be edited exactly: ${error.message}`)
      }
    }
    if (all.edits.length > 0)
      return {
        title: all.titles.length <= 3 ? joinTitles(all.titles) : `Run ${all.titles.length} services with fewer rights`,
        risk: 'a folder that nobody knew to be written to is read-only',
        check: [...check, 'Its log, for “Read-only file system” and “Operation not permitted”'],
        edits: all.edits,
      }
    if (left.length === 0 && check.size === 0) return undefined
    return { leftOut: left.length > 0 ? left.join('; ') : 'not everything could be decided', check: [...check] }
  },
})

const withInit = ({ source, project }: BesideService): readonly Edit[] => {
  const splices = new YamlSplices(source.file, project.documentsOf.get(source.file) ?? [], source.body.span)
  splices.own(source.body)
  splices.set(source.body, ['init'], true)
  return splices.edits()
}

/** Of several services, as long as they do not touch each other: the others come when the files were read again. */
class Changes {
  readonly edits: Edit[] = []
  readonly titles: string[] = []
  take(edits: readonly Edit[], title: string): void {
    if (edits.length === 0 || edits.some(edit => this.edits.some(one => one.path === edit.path && touches(one.span, edit.span))))
      return
    this.edits.push(...edits)
    this.titles.push(title)
  }
}
