/** .NET: project files of MSBuild (https://learn.microsoft.com/en-us/dotnet/core/project-sdk/overview), NuGet's files beside and above them. */
import type { Native, Stack, Stated } from '../../../model/project.ts'
import { procfileStart } from '../command-words.ts'
import { type Probe, probe, slashComment } from '../probes.ts'
import { distinct, emptyStack, field, keysOf, type ProjectFolder, type StackReader, stated, textField } from '../stack-reader.ts'
import { childrenOf, everywhere, type XmlElement } from '../xml-tree.ts'

/** Packages with machine code, and what it needs. */
const native: Readonly<Record<string, string>> = {
  skiasharp: 'its machine code needs fontconfig unless SkiaSharp.NativeAssets.Linux.NoDependencies is there',
  'system.drawing.common': 'it needs libgdiplus, and since .NET 7 it does not run on Linux',
  'confluent.kafka': 'it loads librdkafka',
  'librdkafka.redist': 'it loads librdkafka',
  'grpc.core': 'it loads machine code that needs glibc',
  'magick.net-q8-anycpu': 'it loads machine code of its own',
  'magick.net-q16-anycpu': 'it loads machine code of its own',
  'microsoft.data.sqlite': 'it loads SQLite, for glibc and for musl',
  'microsoft.entityframeworkcore.sqlite': 'it loads SQLite, for glibc and for musl',
  'system.data.sqlite': 'it loads machine code of its own',
  'microsoft.data.sqlclient': 'it needs ICU: not with invariant globalization',
  'microsoft.entityframeworkcore.sqlserver': 'it needs ICU: not with invariant globalization',
  'oracle.manageddataaccess.core': 'it loads libraries of Kerberos where those are used',
  'microsoft.ml.onnxruntime': 'it loads machine code that needs glibc',
  puppeteersharp: 'it starts a browser that needs glibc',
  'microsoft.playwright': 'it starts a browser that needs glibc',
  questpdf: 'it loads machine code of its own',
  dinktopdf: 'it loads wkhtmltopdf',
}

const endings = ['.cs', '.fs', '.vb']

const projectName = /^[^/]{1,150}\.(?:csproj|fsproj|vbproj)$/

const reader: StackReader = {
  name: 'dotnet',
  marks: ['*.csproj', '*.fsproj', '*.vbproj'],
  read(folder) {
    const file = folder.files.find(name => projectName.test(name))
    if (file === undefined) return undefined
    const own = folder.pathOf(file)!
    const project = folder.xml(file)
    const above = aboveFiles(folder)
    const shared = above
      .filter(name => /Directory\.(?:Build\.props|Build\.targets|Packages\.props)$/.test(name))
      .flatMap(name => folder.xml(name) ?? [])
    const property = (name: string): string | undefined => {
      for (const one of [project, ...shared]) {
        const found = everywhere(one, name)[0]?.text
        if (found && !found.includes('$(')) return found
      }
      return undefined
    }
    const packages = everywhere(project, 'PackageReference')
    const names = packages.flatMap(one => one.attributes.get('Include') ?? [])
    // A project of tests is nothing that ships.
    if (
      property('IsTestProject')?.toLowerCase() === 'true' ||
      names.some(name => /^(?:Microsoft\.NET\.Test\.Sdk|xunit|MSTest)$/i.test(name))
    )
      return undefined
    const isPrivate = (one: XmlElement): boolean =>
      /^all$/i.test(one.attributes.get('PrivateAssets') ?? childrenOf(one, 'PrivateAssets')[0]?.text ?? '')
    const dependencies = new Set(packages.filter(one => !isPrivate(one)).flatMap(one => one.attributes.get('Include') ?? []))
    const devDependencies = new Set(names.filter(name => !dependencies.has(name)))
    const sdk = project?.attributes.get('Sdk') ?? everywhere(project, 'Sdk')[0]?.attributes.get('Name') ?? ''
    const isWeb = sdk === 'Microsoft.NET.Sdk.Web'
    const isProgram = isWeb || sdk === 'Microsoft.NET.Sdk.Worker' || /^(?:win)?exe$/i.test(property('OutputType') ?? '')
    // A library, or an application for phones.
    if ((!isProgram && folder.path !== '') || property('UseMaui')?.toLowerCase() === 'true') return undefined
    const framework = property('TargetFramework') ?? property('TargetFrameworks')?.split(';').at(-1)
    const global = above.find(name => name.endsWith('global.json'))
    const version =
      stated(/^net(?:coreapp)?(\d[\d.]{0,8})/.exec(framework ?? '')?.[1], own) ??
      (global === undefined
        ? undefined
        : stated(textField(folder.json(global, 'settings'), 'sdk', 'version'), folder.pathOf(global)))
    const assembly = property('AssemblyName') ?? file.replace(/\.\w{1,10}$/, '')
    const lock = folder.has('packages.lock.json') ? folder.pathOf('packages.lock.json') : undefined
    const manifests = manifestsOf(folder, file, above)
    const parts = manifests
      .filter(name => /\.(?:cs|fs|vb)proj$/.test(name) && name !== own)
      .map(name => name.slice(0, name.lastIndexOf('/')))
    const probed = probe(
      [folder.sources(endings), ...parts.map(part => folder.sources(endings, part))].flat(),
      probes,
      slashComment,
    )
    const settings = settingPorts(folder)
    return {
      ...emptyStack('dotnet', folder.path),
      manager: 'dotnet',
      lockFile: lock,
      manifests,
      version,
      dependencies,
      devDependencies,
      build: isProgram
        ? { value: `dotnet publish ${/\s/.test(file) ? `"${file}"` : file} -c Release -o out`, by: own }
        : undefined,
      output: isProgram ? { value: 'out', by: own } : undefined,
      start:
        stated(procfileStart(folder.text('Procfile')), folder.pathOf('Procfile')) ??
        (isProgram ? { value: ['dotnet', `${assembly}.dll`], by: own } : undefined),
      native: nativeOf(dependencies, own),
      ...probed,
      ports: distinct([
        ...settings,
        ...probed.ports,
        ...(isWeb && settings.length + probed.ports.length === 0 ? usualPort(version, own) : []),
      ]),
      writes: distinct([...sqlitePaths(folder), ...probed.writes]),
    }
  },
}

export default reader

/** Files of MSBuild, NuGet and the SDK that count for all folders below them. From the folder on: `../global.json`. */
const aboveFiles = (folder: ProjectFolder): readonly string[] => {
  const found: string[] = []
  let up = ''
  for (let depth = folder.path === '' ? 0 : folder.path.split('/').length; depth >= 0; depth--) {
    for (const name of [
      'Directory.Build.props',
      'Directory.Build.targets',
      'Directory.Packages.props',
      'global.json',
      'nuget.config',
      'NuGet.config',
      'NuGet.Config',
    ])
      if (folder.has(up + name)) found.push(up + name)
    up += '../'
  }
  return found
}

const manifestsOf = (folder: ProjectFolder, file: string, above: readonly string[]): readonly string[] => {
  const found = new Set<string>(above)
  const waiting = [file]
  for (let name = waiting.shift(); name !== undefined && found.size < 300; name = waiting.shift()) {
    if (found.has(name) || !folder.has(name)) continue
    found.add(name)
    const base = name.slice(0, name.lastIndexOf('/') + 1)
    if (folder.has(`${base}packages.lock.json`)) found.add(`${base}packages.lock.json`)
    for (const one of everywhere(folder.xml(name), 'ProjectReference')) {
      const path = one.attributes.get('Include')?.replaceAll('\\', '/')
      if (path !== undefined && !path.includes('$(')) waiting.push(base + path)
    }
  }
  if (folder.has('.config/dotnet-tools.json')) found.add('.config/dotnet-tools.json')
  return [...new Set([...found].flatMap(name => folder.pathOf(name) ?? []))].sort()
}

const nativeOf = (dependencies: ReadonlySet<string>, by: string): readonly Native[] =>
  [...dependencies].sort().flatMap(name => {
    const why = native[name.toLowerCase()]
    return why === undefined ? [] : [{ name, by, why, ...(why.endsWith('needs glibc') ? { libc: 'glibc' as const } : {}) }]
  })

/** The images of .NET set ASPNETCORE_HTTP_PORTS to 8080 since .NET 8, before it was 80: https://learn.microsoft.com/en-us/dotnet/core/compatibility/containers/8.0/aspnet-port */
const usualPort = (version: Stated<string> | undefined, by: string): Stack['ports'] => [
  { value: version && Number.parseInt(version.value, 10) < 8 ? 80 : 8080, by },
]

/** `Urls`, and Kestrel's own: https://learn.microsoft.com/en-us/aspnet/core/fundamentals/servers/kestrel/endpoints */
const settingPorts = (folder: ProjectFolder): Stack['ports'] => {
  const found: Stated<number>[] = []
  for (const name of ['appsettings.json', 'appsettings.Production.json']) {
    const json = folder.json(name, 'settings')
    const endpoints = field(json, 'Kestrel', 'Endpoints')
    const urls = [
      textField(json, 'Urls') ?? textField(json, 'urls') ?? '',
      ...keysOf(endpoints).map(key => textField(endpoints, key, 'Url') ?? ''),
    ]
    for (const url of urls.join(';').split(';')) {
      const port = Number(/^https?:\/\/[^/:\s]{1,100}:(\d{1,5})/.exec(url.trim())?.[1])
      if (port > 0 && port < 65_536) found.push({ value: port, by: folder.pathOf(name)! })
    }
  }
  return found
}

/** `Data Source=data/app.db`: the folder. */
const sqlitePaths = (folder: ProjectFolder): Stack['writes'] =>
  ['appsettings.json', 'appsettings.Production.json'].flatMap(name => {
    const strings = field(folder.json(name, 'settings'), 'ConnectionStrings')
    return keysOf(strings).flatMap(key => {
      const file = /(?:Data Source|Filename)\s{0,4}=\s{0,4}([^;=]{1,200}\.(?:db|sqlite3?))\b/i.exec(
        textField(strings, key) ?? '',
      )?.[1]
      if (file === undefined) return []
      const path = file.includes('/') ? file.slice(0, file.lastIndexOf('/')) : file
      return stated(path.replace(/^\.\//, ''), folder.pathOf(name)) ?? []
    })
  })

const isCreating = (args: readonly string[]): boolean =>
  args.some(arg => /FileMode\.(?:Create|CreateNew|OpenOrCreate|Append)/.test(arg))

const probes: readonly Probe[] = [
  {
    finds: 'writes',
    pattern: /\bFile\.(?:WriteAll\w{4,10}|AppendAll\w{4,10}|Create|CreateText|OpenWrite|AppendText)\(/g,
    argument: 0,
    isFolderOf: true,
  },
  { finds: 'writes', pattern: /\bDirectory\.CreateDirectory\(/g, argument: 0 },
  { finds: 'writes', pattern: /\bnew[ \t]{1,4}(?:StreamWriter|FileInfo)\(/g, argument: 0, isFolderOf: true },
  { finds: 'writes', pattern: /\bnew[ \t]{1,4}FileStream\(/g, argument: 0, only: isCreating, isFolderOf: true },
  { finds: 'writes', pattern: /\.WriteTo\.File\(/g, argument: ['path', 0], isFolderOf: true },
  { finds: 'writes', pattern: /\bPath\.(?:GetTempPath|GetTempFileName)\(/g, value: '/tmp' },
  { finds: 'writes', pattern: /\bPersistKeysToFileSystem\([ \t]{0,4}new[ \t]{1,4}DirectoryInfo\(/g, argument: 0 },
  { finds: 'ports', pattern: /\b(?:UseUrls|Urls\.Add|app\.Run|app\.RunAsync)\([ \t]{0,4}"https?:\/\/[^":\n/]{1,60}:(\d{2,5})/g },
  { finds: 'ports', pattern: /\.(?:ListenAnyIP|ListenLocalhost)\(/g, argument: 0 },
  { finds: 'ports', pattern: /\.Listen\([ \t]{0,4}IPAddress\.\w{1,20}[ \t]{0,4},[ \t]{0,4}/g },
  { finds: 'healthPaths', pattern: /\.(?:MapHealthChecks|UseHealthChecks)\([ \t]{0,4}"(\/[\w./-]{1,60})"/g },
  { finds: 'healthPaths', pattern: /\bapp\.(?:MapGet|Map)\(/g, argument: 0 },
  { finds: 'programs', pattern: /\bProcess\.Start\(/g, argument: 0 },
  { finds: 'programs', pattern: /\bnew[ \t]{1,4}ProcessStartInfo\(/g, argument: 0 },
  { finds: 'programs', pattern: /\bFileName[ \t]{0,4}=[ \t]{0,4}(?=")/g },
]
