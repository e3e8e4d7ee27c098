import { packageRequest } from '../../../read/shell/packages.ts'
import { isFat, nameOfImage, officialImage, slimOf } from '../image-choice.ts'
import { commandsAbove, type Scene, sceneOf, splitStage } from '../split.ts'
import { appFolder, buildsWithPackages } from '../split-choice.ts'
import { isForPeople } from '../start.ts'
import { transformation } from '../transformation.ts'

/** Tools of a build: whoever starts one of them by name at run time keeps it. */
const buildTools =
  /^(?:npm|typescript|ts-node|tsx|nodemon|@angular\/cli|@nestjs\/cli|@vue\/cli|gulp(?:-cli)?|grunt(?:-cli)?|webpack(?:-cli)?|vite|rimraf|node-gyp|node-pre-gyp|lerna|turbo|nx|bower|eslint|jest|mocha|concurrently|cross-env|yarn|pnpm|react-scripts|create-react-app|esbuild|rollup|parcel(?:-bundler)?)$/

/** They fetch a browser into a cache outside of the program’s folder. https://pptr.dev/guides/configuration, https://playwright.dev/docs/browsers */
const browsers = ['puppeteer', 'playwright', 'playwright-chromium', 'cypress', 'electron']

/** Modules that load a library of the distribution: https://www.npmjs.com/package/libpq and the others’ pages. */
const libraries: Readonly<Record<string, readonly string[]>> = {
  libpq: ['libpq5'],
  'pg-native': ['libpq5'],
  odbc: ['unixodbc'],
  usb: ['libudev1'],
}

const own = new Set(['node', 'npm', 'npx', 'yarn', 'yarnpkg', 'corepack', 'docker-entrypoint.sh'])

export default transformation({
  title: 'Build in a stage of its own, and ship a slim Node.js with what runs',
  why: 'Compilers, git, Python, headers and the dependencies of your tests are tools for whoever breaks in, and each has its own holes that scanners report. They stay in the stage that builds; the image that ships has Node.js, your program and what it loads.',
  level: 'balanced',
  safety: 'unsafe',
  order: 300,
  apply(subject) {
    const scene = sceneOf(subject)
    if (!scene || officialImage(scene.base) !== 'node' || !installsModules(scene)) return undefined
    // What is for tests, or starts nothing, has no other stage to leave behind.
    if (isForPeople(subject.dockerfile, scene.stage) || (!scene.needs.cmd && !scene.needs.entrypoint)) return undefined
    const stack = subject.project.stacks.find(({ name }) => name === 'node')
    const fat = isFat(subject, scene.base)
    const slim = fat ? slimOf(subject, scene.base) : nameOfImage(scene.base)
    if (!fat && !buildsWithPackages(scene) && !prunes(scene)) return undefined
    if (slim === undefined) return { leftOut: `no slim variant of ${nameOfImage(scene.base)} is known` }
    const folder = appFolder(scene)
    if (folder === undefined)
      return {
        leftOut: 'the program has no folder of its own in the image, so that nobody can tell it from the rest',
        check: ['Set a WORKDIR such as /app before the first COPY'],
      }
    const browser = browsers.find(name => stack?.dependencies.has(name))
    if (browser !== undefined)
      return { leftOut: `${browser} fetches a browser into a folder outside of the program’s, with libraries of its own` }
    const native = stack?.native ?? []
    const started = scene.needs.programs
    const installed = new Set(
      commandsAbove(scene).flatMap(({ command }) => packageRequest(command)?.packages.map(({ name }) => name) ?? []),
    )
    return splitStage(scene, {
      base: slim,
      family: scene.distribution?.family === 'alpine' ? 'alpine' : 'debian',
      copies: [{ from: folder, to: folder }],
      covered: [folder],
      packages:
        scene.distribution?.family === 'alpine'
          ? []
          : native.flatMap(({ name }) => (Object.hasOwn(libraries, name) ? libraries[name]! : [])),
      isBuildVariable: () => false,
      hasCertificates: true,
      provides: program =>
        own.has(program) ||
        [...(stack?.dependencies ?? []), ...(stack?.devDependencies ?? []), ...installed].some(
          name => program === name || program.startsWith(`${name}-`),
        ),
      takesGlobal: ({ program, packages }) => {
        const names = program === 'corepack' ? ['yarn', 'pnpm'] : packages.map(({ name }) => name)
        return names.every(name => buildTools.test(name) && !started.has(name))
      },
      title: `Build in a stage of its own, and ship ${slim} with what runs`,
      risk: 'Files that a step wrote outside of what is copied are not in the image any more',
      check: native
        .slice(0, 5)
        .map(
          ({ name }) => `${name} has machine code: its libraries have to be in ${slim} (\`ldd\` on its .node file tells which)`,
        ),
    })
  },
})

const installsModules = (scene: Scene): boolean =>
  commandsAbove(scene).some(({ command }) => /^(?:npm|yarn|pnpm|bun)$/.test(command.name))

/** Modules that were needed to build were taken out again: only in a stage of its own are they gone. */
const prunes = (scene: Scene): boolean =>
  commandsAbove(scene).some(({ command }) => /^(?:npm|pnpm)$/.test(command.name) && command.operands[0]?.text === 'prune')
