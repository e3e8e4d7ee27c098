/** Which files are Compose's, by a look at their first level: other formats have `services` too. */

const fileName = /^(?:docker-)?compose(?:[._-][^/\\]*)?\.ya?ml$/i
/** Top-level keys of Kubernetes, GitHub and Azure workflows, GitLab, Woodpecker, Symfony, CloudFormation. */
const others = /^(?:apiVersion|kind|jobs|runs|stages|steps|pipeline|pool|parameters|imports|AWSTemplateFormatVersion)[ \t]*:/m
const services = /^(?:services|"services"|'services')[ \t]*:[ \t]*(?:[&!][^\s]+[ \t]*)*(?:#[^\n]*)?(\{)?/m
const anyTopLevel = /^(?:services|include|volumes|networks|secrets|configs|models|["']services["'])[ \t]*:/m
/** What no other format writes below a service's name. */
const serviceField =
  /^[ \t]+["']?(?:image|build|extends|container_name|privileged|network_mode|cap_add|provider)["']?[ \t]*:|[{,][ \t]*["']?(?:image|build|extends)["']?[ \t]*:|^[ \t]+<<:/m

/** The names that Compose itself looks for: such a file is a project, whatever is in it (https://docs.docker.com/compose/intro/compose-application-model/). */
const defaultName = /^(?:docker-)?compose(?:\.override)?\.ya?ml$/i

/** True when the base name is one that Compose, or people who have several of them, use. */
export const hasComposeName = (path: string): boolean =>
  fileName.test(path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1))

/** A quick guess that reads no YAML. A file by Compose's own name counts unless it says that it is something else. */
export const looksLikeCompose = (path: string, marked: string): boolean => {
  const text = marked.startsWith('\ufeff') ? marked.slice(1) : marked
  if (!/\.ya?ml$/i.test(path)) return false
  if (/(?:^|[/\\])\.github[/\\]workflows[/\\]/.test(path)) return false
  if (defaultName.test(path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1)))
    return !/^apiVersion[ \t]*:/m.test(text)
  // JSON is YAML, too.
  if (hasComposeName(path))
    return (
      (anyTopLevel.test(text) && !/^apiVersion[ \t]*:/m.test(text)) || (/^\s*\{/.test(text) && /[{,]\s*"services"\s*:/.test(text))
    )
  const start = services.exec(text)
  if (!start || others.test(text)) return false
  const rest = text.slice(start.index + start[0].length)
  if (start[1] === undefined) {
    // A list of services is GitLab's or Travis'.
    const first = /^[ \t]*(?![ \t]*(?:#|\r?$))[^\n]+/m.exec(rest.slice(rest.indexOf('\n') + 1))?.[0] ?? ''
    if (!/^[ \t]+[^\s-]/.test(first)) return false
  }
  const line = rest.indexOf('\n') + 1
  const end = line === 0 ? -1 : rest.slice(line).search(/^[^\s#}\]-]/m)
  return serviceField.test(end === -1 ? rest : rest.slice(0, line + end))
}
