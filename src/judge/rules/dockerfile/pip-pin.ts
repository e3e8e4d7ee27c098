import { hasOption } from '../../../read/shell/queries.ts'
import { dockerfileRule } from '../../dockerfile-rule.ts'
import { requestsTo } from '../../package-queries.ts'

export default dockerfileRule({
  on: 'dockerfile',
  severity: 'low',
  since: '0.1.0',
  profile: 'default',
  weighs: 'content',
  summary: 'pip installs a package without naming its version',
  why: 'The newest version is whatever was uploaded last. When a maintainer account is taken over, the poisoned release is in your next build within minutes, and its setup code runs during the build, where credentials often are. A pin, best with hashes, lets it wait until someone noticed.',
  examples: [
    {
      bad: 'FROM python:3.12-slim\nRUN pip install flask\nUSER app\n',
      good: 'FROM python:3.12-slim\nRUN pip install flask==3.1.0\nUSER app\n',
      byHand: true,
    },
    {
      bad: 'FROM python:3.12-slim\nRUN python3 -m pip install --upgrade pip\nUSER app\n',
      good: 'FROM python:3.12-slim\nRUN python3 -m pip install -r requirements.txt . ./x.whl git+https://example.org/x@v1\nUSER app\n',
      byHand: true,
    },
  ],
  replaces: ['DL3013', 'unpinned_package_version_in_pip_install'],
  links: ['https://pip.pypa.io/en/stable/topics/secure-installs/'],
  fixes: 'manual',
  *check(dockerfile) {
    for (const { request, command } of requestsTo(dockerfile, 'pip')) {
      if (request.action !== 'install' || hasOption(command, '-c', '--constraint')) continue
      for (const { word, name, version, kind } of request.packages) {
        if (kind === 'url' && word.literal && followsBranch(version ?? name)) {
          yield {
            at: word.span,
            message: `\`${word.text}\` is whatever its default branch holds on the day`,
            fix: { title: 'Name a tag, or best a commit: git+https://…@COMMIT', safety: 'manual', edits: [] },
          }
          continue
        }
        if (kind !== 'name' || version !== undefined || !word.literal) continue
        yield {
          at: word.span,
          message: `\`${name}\` is installed in whatever version is newest`,
          fix: { title: `Name the version: ${name}==…, or use a file with hashes`, safety: 'manual', edits: [] },
        }
      }
    }
  },
})

/** `git+https://host/owner/name` without `@REF`. https://pip.pypa.io/en/stable/topics/vcs-support/ */
const followsBranch = (address: string): boolean => {
  const path = /^(?:git|hg|svn|bzr)\+[a-z+]+:\/\/[^/]+\/([^#]*)/i.exec(address)?.[1]
  return path !== undefined && !path.includes('@')
}
