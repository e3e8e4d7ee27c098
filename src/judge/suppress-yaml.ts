/** Who silenced which finding in Compose and Kubernetes files: a comment silences what stands at its line, and all that is below it. */
import type { Finding, Problem } from '../model/finding.ts'
import type { Span } from '../model/text.ts'
import { commentsOf } from '../read/yaml/comments.ts'
import { readYaml, type YamlFile } from '../read/yaml/tree.ts'
import { annotatedIgnores, mayBeAnnotated } from './ignore-annotations.ts'
import { readIgnores } from './ignore-comments.ts'
import { markFinding, type ResolvedRequest, resolveRequest, type Suppressions } from './suppress.ts'

/** Words by which a comment may ask for something; others are not looked at. */
const asking = /bulkhead|trivy:|checkov:|bridgecrew:|kics-scan|nosemgrep/i

/** As for Dockerfiles; a finding is silenced where its first place is. */
export const suppressYaml = (
  files: readonly YamlFile[],
  findings: readonly Finding[],
  how: Suppressions,
): { readonly findings: readonly Finding[]; readonly problems: readonly Problem[] } => {
  const problems: Problem[] = []
  const requests = new Map<string, (ResolvedRequest & { readonly about: Span | undefined })[]>()
  for (const file of how.inline ? files : []) {
    const { path } = file
    const own: (ResolvedRequest & { readonly about: Span | undefined })[] = []
    for (const comment of commentsOf(file, () => readYaml(path, file.text).documents, asking)) {
      const complain = (code: string, message: string): void => {
        problems.push({ kind: 'uncovered', code, message, at: { in: 'file', path, span: comment.span } })
      }
      const asked = readIgnores(comment.text)
      if (asked === 'unreadable')
        complain('ignore-unreadable', 'this comment ignores nothing; the form is `# bulkhead ignore=RULE[,RULE] REASON`')
      else
        for (const request of asked) {
          const scope = request.scope === 'file' ? undefined : comment.about
          if (request.scope !== 'file' && !scope) {
            if (request.own) complain('ignore-misplaced', 'this comment ignores nothing: nothing stands at it or below it')
          } else own.push({ ...resolveRequest(request, how, complain), about: scope })
        }
    }
    if (mayBeAnnotated(file.text))
      for (const { request, about } of annotatedIgnores(readYaml(path, file.text).documents))
        own.push({ ...resolveRequest(request, how, () => undefined), about })
    requests.set(path, own)
  }
  const marked = findings.map(finding => {
    const [at] = finding.at
    const inline = at.in === 'file' ? (requests.get(at.path) ?? []) : []
    const speaking = inline.filter(
      ({ about }) => !about || (at.in === 'file' && about.start <= at.span.start && at.span.start < about.end),
    )
    return markFinding(finding, speaking, how)
  })
  return { findings: marked, problems }
}
