/** What the stacks ask of a stage before they split it. */
import { lineage } from '../../judge/dockerfile-queries.ts'
import { requestsOf } from '../../judge/package-queries.ts'
import { fileAt } from './run-needs.ts'
import { atRunTime } from './runtime-packages.ts'
import { commandsAbove, type Scene, targetsOf } from './split.ts'
import { absolutePath, isWithin, wide } from './step-effects.ts'

/** Compilers and what they read: worth a stage of their own also where the base is a small one. Single tools are not. */
const compiling =
  /^(?:build-essential|build-base|alpine-sdk|(?:gcc|g\+\+|clang|llvm)(?:-[\d.]+)?|make|cmake|musl-dev|libc6?-dev|linux-headers|python[23]?|python-is-python3|cargo|rustc|golang(?:-go)?|.+-dev)$/

/** Packages of the distribution that only building needs are installed, and stay. */
export const buildsWithPackages = (scene: Scene): boolean => {
  const on = scene.distribution?.family === 'alpine' ? 'alpine' : 'debian'
  return lineage(scene.stage).some(
    step =>
      step.instruction.name === 'RUN' &&
      // The step itself takes them out again.
      !requestsOf(step, 'apt', 'apk').some(({ request }) => request.action === 'remove') &&
      requestsOf(step, 'apt', 'apk').some(
        ({ request }) =>
          request.action === 'install' &&
          request.packages.some(
            ({ name, kind }) =>
              kind === 'name' && compiling.test(name) && atRunTime(name, on, scene.distribution?.suite)?.[0] !== name,
          ),
      ),
  )
}

/**
 * The folder that holds all of the program: where steps work, where COPY puts sources, and where it starts. Undefined where that is a folder of the
 * distribution.
 */
export const appFolder = (scene: Scene): string | undefined => {
  const folders = [scene.workdir]
  for (const { step, effects } of scene.upper) {
    const { name } = step.instruction
    if (name === 'COPY') {
      const targets = targetsOf(scene, step)
      if (typeof targets === 'string') continue
      // Of what lies elsewhere, single files are copied by themselves.
      for (const target of targets) if (isWithin(target, top(scene.workdir))) folders.push(target)
    }
    for (const effect of effects)
      if (effect.kind === 'inside' && isWithin(effect.folder, top(scene.workdir))) folders.push(effect.folder)
  }
  let common = folders[0]!
  for (const folder of folders) while (!isWithin(folder, common)) common = absolutePath(`${common}/..`, '/')!
  return wide.has(common) ? undefined : common
}

/** `/usr/src/app/server` → `/usr/src`: not wider than two names. */
const top = (folder: string): string => {
  const names = folder.split('/').filter(name => name !== '')
  const first = `/${names[0] ?? ''}`
  return wide.has(first) && names.length > 1 ? `${first}/${names[1]}` : first
}

/** What the commands of the upper part are called. */
export const hasCommand = (scene: Scene, ...names: readonly string[]): boolean =>
  commandsAbove(scene).some(({ command }) => names.includes(command.name))

/** Where steps work and sources are put, as far as that is no folder of the distribution: the whole of it was needed to build. */
export const workFolders = (scene: Scene): readonly string[] => {
  const folders = new Set<string>()
  for (const { step, effects } of scene.upper) {
    for (const effect of effects) if (effect.kind === 'inside') folders.add(effect.folder)
    const { value } = step.before.workdir
    if (step.instruction.name === 'COPY' && value?.known && value.absolute) folders.add(value.path)
  }
  return [...folders].filter(folder => !wide.has(folder))
}

/** Folders of sources, tests, tools and papers. */
const noAssets =
  /^(?:\..*|vendor|node_modules|docs?|documentation|tests?|testdata|__tests__|spec|benches|benchmarks?|scripts?|hack|tools?|deploy(?:ments?)?|charts?|helm|k8s|kubernetes|manifests|ci|build|bin|target|dist|examples?|proto|protos|third_party|docker|terraform|ansible|src|cmd|internal|pkg|lib)$/i
/** Single files that tools of developers read. */
const toolFiles =
  /^(?:\..*|(?:docker-)?compose.*|dockerfile.*|.*\.dockerfile|makefile|justfile|taskfile\.ya?ml|package(?:-lock)?\.json|tsconfig.*|renovate\.json|codecov\.ya?ml|buf(?:\.\w+)*\.ya?ml|sqlc\.ya?ml|air\.toml|skaffold\.ya?ml|cargo\.(?:toml|lock)|rust-toolchain.*|rustfmt\.toml|clippy\.toml|deny\.toml|go\.(?:mod|sum|work)|requirements.*\.txt|licen[cs]e.*|.*\.md|.*\.(?:go|rs|proto|sh|lock|patch))$/i
const asset =
  /\.(?:json|ya?ml|toml|html?|tmpl|gohtml|tpl|sql|txt|ini|conf|cfg|csv|mmdb|xml|css|js|png|jpe?g|svg|ico|crt|po|mo|properties|xlsx?|wasm|hbs|j2|tera)$/i

/**
 * What of the sources a compiled program may read when it runs, by what people call such files: absolute paths at the top of the working directory. `unsure`: names
 * of which nobody can tell.
 */
export const assetsOf = (
  scene: Scene,
  folder: string,
): { readonly names: readonly string[]; readonly unsure: readonly string[] } => {
  const prefix = folder === '' ? '' : `${folder}/`
  const tops = new Map<string, string[]>()
  for (const file of scene.subject.project.files) {
    if (!file.startsWith(prefix)) continue
    const [top, ...rest] = file.slice(prefix.length).split('/') as [string, ...string[]]
    const list = tops.get(top) ?? []
    tops.set(top, list)
    list.push(rest.join('/'))
  }
  const names: string[] = []
  const unsure: string[] = []
  for (const [top, files] of tops) {
    const isFile = files.includes('')
    const path = `${scene.workdir === '/' ? '' : scene.workdir}/${top}`
    const isThere = fileAt(scene.subject, scene.stage, isFile ? path : `${path}/${files[0]!}`) !== undefined
    if (!isThere) continue
    if (isFile) {
      if (toolFiles.test(top)) continue
      if (asset.test(top)) names.push(path)
    } else if (!noAssets.test(top)) {
      const others = files.filter(file => !toolFiles.test(file.slice(file.lastIndexOf('/') + 1)))
      if (others.some(file => asset.test(file))) names.push(path)
      else if (others.length > 0) unsure.push(top)
    }
  }
  return { names: names.slice(0, 12), unsure: [...unsure, ...names.slice(12).map(path => path.slice(path.lastIndexOf('/') + 1))] }
}

/** True where the upper part installs a package of the distribution whose name fits. */
export const installsPackage = (scene: Scene, pattern: RegExp): boolean =>
  scene.upper.some(({ effects }) =>
    effects.some(
      effect =>
        effect.kind === 'packages' &&
        effect.request.action === 'install' &&
        effect.request.packages.some(({ name }) => pattern.test(name)),
    ),
  )

/** Alpine’s images of languages have no C++ runtime, which extensions in C++ and Rust load. */
export const cppRuntime = (scene: Scene): readonly string[] =>
  scene.distribution?.family === 'alpine' && installsPackage(scene, /^(?:g\+\+|build-base|alpine-sdk|gcc|cargo|rust)$/)
    ? ['libstdc++']
    : []
