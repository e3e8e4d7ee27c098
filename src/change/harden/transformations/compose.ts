/** The Compose services that build this Dockerfile get the settings that its image can now be run with. */
import { get } from '../../../read/yaml/fields.ts'
import { composeEdits } from '../../container/compose.ts'
import { NotExact, YamlSplices } from '../../container/edits.ts'
import { servicesOf } from '../beside.ts'
import { wishesFor } from '../beside-wishes.ts'
import { type Applied, transformation } from '../transformation.ts'

export default transformation({
  title: 'Run the service with a read-only file system and without rights that it does not need',
  why: 'What the image allows, the one who runs it has to use: without capabilities, with a file system that cannot be written to and no way to become root again, an attacker who took over the process can leave nothing behind, start nothing of their own, and reach nothing of the kernel that is for root.',
  level: 'balanced',
  safety: 'unsafe',
  order: 900,
  apply(subject) {
    const left: string[] = []
    const check = new Set<string>()
    for (const { container, project, main, source } of servicesOf(subject)) {
      const { wishes, check: own, run } = wishesFor(subject, container)
      for (const one of own) check.add(`\`${container.name}\`: ${one}`)
      const title = `Run the service \`${container.name}\` with fewer rights`
      try {
        if (wishes.length > 0) {
          const { edits, note } = composeEdits(wishes, container, project, main)
          if (edits.length > 0) return applied(note === undefined ? title : `${title}; ${note}`, edits, own)
        }
        if (run.init && !get(source.body, 'init') && !get(source.body, 'extends')) {
          const splices = new YamlSplices(source.file, project.documentsOf.get(source.file) ?? [], source.body.span)
          splices.own(source.body)
          splices.set(source.body, ['init'], true)
          return applied(`Start \`${container.name}\` below an init that hands on signals`, splices.edits(), [])
        }
      } catch (error) {
        if (!(error instanceof NotExact)) throw error
        left.push(`the service \`${container.name}\` cannot be edited exactly: ${error.message}`)
      }
    }
    if (left.length === 0 && check.size === 0) return undefined
    return { leftOut: left.length > 0 ? left.join('; ') : 'not everything could be decided', check: [...check] }
  },
})

const applied = (title: string, edits: Applied['edits'], check: readonly string[]): Applied => ({
  title,
  risk: 'a folder that nobody knew to be written to is read-only',
  check: [...check, 'Its log, for “Read-only file system” and “Operation not permitted”'],
  edits,
})
