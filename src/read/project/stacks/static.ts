/** Pages that a web server hands out as they are, and the generators that make them. */
import { serverFacts } from '../server-files.ts'
import { emptyStack, type ProjectFolder, type StackReader } from '../stack-reader.ts'

/** Generator → what builds, and what that leaves, as their documents say. */
const generators: readonly { readonly file: string; readonly build: string; readonly output: string }[] = [
  { file: 'hugo.toml', build: 'hugo --minify', output: 'public' },
  { file: 'hugo.yaml', build: 'hugo --minify', output: 'public' },
  { file: 'config.toml', build: 'hugo --minify', output: 'public' },
  { file: 'mkdocs.yml', build: 'mkdocs build', output: 'site' },
  { file: '_config.yml', build: 'bundle exec jekyll build', output: '_site' },
  { file: 'book.toml', build: 'mdbook build', output: 'book' },
]

const reader: StackReader = {
  name: 'static',
  marks: ['index.html', 'hugo.toml', 'hugo.yaml', 'mkdocs.yml', '_config.yml', 'book.toml'],
  read(folder) {
    const generator = generators.find(({ file }) => folder.has(file) && (file !== 'config.toml' || isHugo(folder)))
    const by = folder.pathOf(generator?.file ?? 'index.html')!
    return {
      ...emptyStack('static', folder.path),
      manifests: generator ? [by] : [],
      build: generator && { value: generator.build, by },
      output: generator ? { value: generator.output, by } : { value: '.', by },
      ...serverFacts(folder),
    }
  },
}

export default reader

/** Its configuration had this name until version 0.110: https://gohugo.io/configuration/introduction/ */
const isHugo = (folder: ProjectFolder): boolean => folder.files.some(name => /^(?:content|themes|layouts)\//.test(name))
