import { advice, counted, imageRule, listed, placesOf } from '../../image-rule.ts'

export default imageRule({
  on: 'image',
  severity: 'medium',
  since: '0.1.0',
  profile: 'default',
  summary: 'The image has a Git repository with its whole history',
  why: 'A .git folder has every version of every file, also the password that was taken out three commits ago, and in its config perhaps the token of the clone. Where a web server serves the folder above it, all of it can be downloaded by anybody: scanners try /.git/HEAD first.',
  examples: [{ bad: '{ "census": { "gitFolders": ["/app/.git"] } }', good: '{ "census": { "gitFolders": [] } }' }],
  replaces: ['DKL-LI-0003'],
  links: ['https://docs.docker.com/build/concepts/context/#dockerignore-files'],
  fixes: 'manual',
  *check({ census: { gitFolders } }) {
    if (gitFolders.count === 0) return
    yield {
      ...placesOf(gitFolders),
      message: `the image has ${gitFolders.count === 1 ? 'a Git repository' : counted(gitFolders.count, 'Git repository', 'Git repositories')}: ${listed(gitFolders)}`,
      fix: advice('Put .git into .dockerignore, and build the image anew; clone in a builder stage and copy only what is needed'),
    }
  },
})
