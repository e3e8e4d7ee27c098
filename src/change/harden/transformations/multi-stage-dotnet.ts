import { commandsOf } from '../../../judge/dockerfile-queries.ts'
import { nameOf } from '../../../read/image/paths.ts'
import type { Command } from '../../../read/shell/script.ts'
import { isAvailable } from '../image-choice.ts'
import { commandsAbove, type Scene, sceneOf, splitStage, valueIn } from '../split.ts'
import { workFolders } from '../split-choice.ts'
import { absolutePath, isWithin } from '../step-effects.ts'
import { type LeftOut, transformation } from '../transformation.ts'

const sdk = 'mcr.microsoft.com/dotnet/sdk'

export default transformation({
  title: 'Publish in a stage of its own, and ship the .NET runtime with what was published',
  why: 'The SDK is a compiler, a package manager and the sources of your program, three times the size of what runs. Each part has holes of its own, and all of it is at hand for whoever breaks in. The image that ships has the runtime and the folder that `dotnet publish` makes.',
  level: 'balanced',
  safety: 'unsafe',
  order: 300,
  apply(subject) {
    const stage = subject.dockerfile.final
    if (stage?.base.kind !== 'image' || stage.base.reference.familiar !== sdk) return undefined
    const compiles = stage.steps.find(
      ({ instruction }) =>
        /^(?:CMD|ENTRYPOINT)$/.test(instruction.name) && /\bdotnet\W+(?:run|watch|test)\b/.test(instruction.argument.text),
    )
    if (compiles)
      return leftOut(
        'it is compiled anew at each start, by `dotnet run`',
        'Publish it in a RUN (`RUN dotnet publish -c Release -o /app`), and start the .dll that this makes',
      )
    const scene = sceneOf(subject)
    const builds =
      scene &&
      commandsAbove(scene).filter(
        ({ command }) => command.name === 'dotnet' && /^(?:publish|build)$/.test(command.operands[0]?.text ?? ''),
      )
    if (!scene || !builds || builds.length === 0) return undefined
    // The third number is the SDK's own: https://learn.microsoft.com/dotnet/core/versions/
    const [, version, system = ''] = /^(\d+\.\d+)(?:\.\d+)?(-[a-z][\w.-]*)?$/.exec(scene.base.tag ?? '') ?? []
    const base = `mcr.microsoft.com/dotnet/aspnet:${version}${system}`
    if (version === undefined || !isAvailable(subject, base))
      return leftOut('which .NET it is built with is not known', `Name the version: ${sdk}:8.0`)
    const path = startedOf(scene)
    if (path === undefined)
      return leftOut('which file starts is not known', 'Start it by `dotnet`, and the path of the .dll that is published')
    const folder = path.slice(0, path.lastIndexOf('/'))
    const outputs = builds.flatMap(({ command, step }) => {
      const output = outputOf(command)
      const { value } = step.before.workdir
      return output === undefined ? [] : (absolutePath(valueIn(step, output), value?.known ? value.path : '/') ?? [])
    })
    if (folder === '' || !(outputs.includes(folder) || /\/bin\/(?:Release|Debug)\//.test(`${folder}/`)))
      return leftOut(
        `where ${path} is built is not known`,
        'Give `dotnet publish` a folder of its own by `-o`, and start the .dll in it',
      )
    const sets = /ASPNETCORE_(?:URLS|HTTP_PORTS)|DOTNET_URLS|--urls|UseUrls/.test(subject.dockerfile.tree.text)
    return splitStage(scene, {
      base,
      family: /alpine/.test(system) ? 'alpine' : 'debian',
      copies: [{ from: folder, to: folder }],
      covered: [...workFolders(scene), ...outputs, '/root/.dotnet'],
      isBuildVariable: name => /^(?:NUGET_|MSBUILD|DOTNET_CLI_|DOTNET_NOLOGO|DOTNET_SKIP_)/.test(name),
      hasCertificates: true,
      provides: program => program === 'dotnet' || program === nameOf(path).replace(/\.dll$/, ''),
      takesGlobal: () => true,
      title: `Publish in a stage of its own, and ship ${base} with ${folder}`,
      risk: 'Files that the program reads and that publishing does not copy are not in the image any more',
      check: [
        ...(sets || Number(version) < 8
          ? []
          : [
              'Nothing here says where it listens: the image of the SDK leaves that at localhost:5000, that of the runtime sets port 8080',
            ]),
      ],
    })
  },
})

const leftOut = (reason: string, ...check: readonly string[]): LeftOut => ({ leftOut: reason, check })

/** https://learn.microsoft.com/dotnet/core/tools/dotnet-publish#options */
const outputOf = ({ args }: Command): string | undefined => {
  const at = args.findIndex(({ text }) => /^(?:-o|--output)(?:[=:]|$)/.test(text))
  const [, inline] = /[=:](.+)/.exec(args[at]?.text ?? '') ?? []
  return at < 0 ? undefined : (inline ?? args[at + 1]?.text)
}

/** `dotnet out/App.dll`, or the program that stands beside it. */
const startedOf = ({ needs, workdir }: Scene): string | undefined => {
  for (const step of [needs.entrypoint, needs.cmd]) {
    if (!step) continue
    for (const { command } of commandsOf(step)) {
      const text =
        command.name === 'dotnet' ? command.args.find(({ text }) => text.endsWith('.dll'))?.text : command.nameWord?.text
      if (text === undefined || (command.name !== 'dotnet' && !text.includes('/'))) continue
      const path = absolutePath(valueIn(step, text), workdir)
      if (path !== undefined && !isWithin(path, '/usr') && !isWithin(path, '/bin')) return path
    }
  }
  return undefined
}
