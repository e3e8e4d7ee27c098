/** `a.b.c` of .properties files (https://docs.oracle.com/en/java/javase/21/docs/api/java.base/java/util/Properties.html) and of YAML that is read as such. */
import { fieldsOf } from '../yaml/fields.ts'
import { stringOf } from '../yaml/scalars.ts'
import { resolved, type YamlNode } from '../yaml/tree.ts'

const mostSettings = 10_000
const deepest = 20

export const readProperties = (text: string): ReadonlyMap<string, string> => {
  const found = new Map<string, string>()
  for (const line of text.split(/\r?\n/)) {
    const match = /^[ \t]{0,80}([\w.[\]-]{1,200})[ \t]{0,20}[=:][ \t]{0,20}(\S.*)$/.exec(line)
    if (match && found.size < mostSettings) found.set(match[1]!, match[2]!.trim())
  }
  return found
}

export const yamlSettings = (root: YamlNode | undefined): ReadonlyMap<string, string> => {
  const found = new Map<string, string>()
  const visit = (node: YamlNode, path: string, depth: number): void => {
    const at = resolved(node)
    if (at?.kind === 'map' && depth < deepest)
      for (const [name, { value }] of fieldsOf(at)) {
        if (found.size >= mostSettings) return
        visit(value, path === '' ? name : `${path}.${name}`, depth + 1)
      }
    const text = stringOf(at)
    if (text !== undefined) found.set(path, text)
  }
  if (root) visit(root, '', 0)
  return found
}

/** `${PORT:8080}`: https://docs.spring.io/spring-framework/reference/core/beans/environment.html */
export const defaultOf = (value: string): string | undefined => {
  const match = /^\$\{[\w.-]{1,100}(?::([^}]{0,200}))?\}(.{0,200})$/.exec(value)
  return match ? (match[1] === undefined ? undefined : match[1] + match[2]!) : value.includes('${') ? undefined : value
}
