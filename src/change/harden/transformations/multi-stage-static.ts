import { flagNamed, insertAt, lineEnd, replaceAt } from '../../../judge/dockerfile-queries.ts'
import { isEditable } from '../../../judge/package-queries.ts'
import type { Stage, Step } from '../../../read/dockerfile/graph.ts'
import { hasOption } from '../../../read/shell/queries.ts'
import { newestCycle, officialImage } from '../image-choice.ts'
import { scriptOfPackage } from '../installs.ts'
import { keyword, withoutCommand, withoutStep } from '../place.ts'
import { sceneOf } from '../split.ts'
import { absolutePath } from '../step-effects.ts'
import { type Applied, type HardenSubject, type LeftOut, transformation } from '../transformation.ts'

export default transformation({
  title: 'Ship the pages that were built, and nothing that built them',
  why: 'A site that was built is a folder of files. Node.js, the modules that made it and its sources are no part of it: they are hundreds of packages with holes of their own, and code that you may not want to show. A web server and the folder are enough.',
  level: 'balanced',
  safety: 'unsafe',
  order: 205,
  apply(subject) {
    const stage = subject.dockerfile.final
    if (stage?.base.kind !== 'image') return undefined
    const image = officialImage(stage.base.reference)
    if (image === 'nginx' || image === 'httpd' || image === 'caddy') return narrowed(subject, stage)
    return image === 'node' ? served(subject, stage) : undefined
  },
})

/** `COPY --from=build /site /site` and `RUN cp -r /site/dist/* /usr/share/nginx/html` → a COPY of what is served. */
const narrowed = (subject: HardenSubject, stage: Stage): Applied | undefined => {
  const { dockerfile } = subject
  // Each is compared with all that follow: people write fifty.
  for (const copy of stage.steps.slice(0, 200)) {
    if (copy.instruction.name !== 'COPY' || copy.instruction.words.length !== 2) continue
    const from = flagNamed(copy, 'from')
    const [source, target] = copy.instruction.words.map(({ raw }) => raw)
    if (
      from?.value === undefined ||
      source === undefined ||
      target === undefined ||
      !source.startsWith('/') ||
      /[*?$"]/.test(source + target)
    )
      continue
    const folder = absolutePath(target, copy.before.workdir.value?.path)
    if (folder === undefined) continue
    const rest = stage.steps.slice(stage.steps.indexOf(copy) + 1)
    const users = rest.filter(({ instruction }) =>
      new RegExp(`(?:^|[^\\w/.-])${escaped(folder)}(?:[/\\s"']|$)`).test(instruction.argument.text),
    )
    const [user, ...others] = users
    if (!user || others.length > 0 || user.instruction.name !== 'RUN' || user.scripts.length !== 1) continue
    const script = user.scripts[0]!
    const command = script.commands.find(
      ({ name, operands }) => /^(?:cp|mv)$/.test(name) && operands.length === 2 && operands[0]!.text.startsWith(`${folder}/`),
    )
    const uses = script.commands.filter(({ args }) => args.some(({ text }) => text === folder || text.startsWith(`${folder}/`)))
    if (!command || uses.length !== 1 || (command.name === 'cp' && !hasOption(command, '-r', '-R', '-a', '--recursive'))) continue
    const at = { step: user, script, command }
    const inner = /^(.+?)\/(?:\*|\.)$/.exec(command.operands[0]!.text)?.[1]
    const to = command.operands[1]!
    if (inner === undefined || !to.literal || !to.text.startsWith('/') || !isEditable(at)) continue
    const gone = script.commands.length === 1 ? withoutStep(dockerfile, user) : withoutCommand(dockerfile, at)
    if (gone === undefined || gone === 'only') continue
    const [word, place] = copy.instruction.words
    const path = `${source.replace(/\/+$/, '')}${inner.slice(folder.length)}`
    return {
      edits: [replaceAt(dockerfile, word!.span, path), replaceAt(dockerfile, place!.span, to.text.replace(/\/*$/, '/')), gone],
      title: `Copy ${path} out of the building stage, and not all of ${source}`,
      check: [],
    }
  }
  return undefined
}

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')

type Server = { readonly folder: string; readonly port: number; readonly isSingle: boolean }

/** What a small web server of Node.js is told: https://github.com/vercel/serve, https://github.com/http-party/http-server, https://vite.dev/guide/cli */
const serverOf = (words: readonly string[]): Server | undefined => {
  const at = words.findIndex(word => /^(?:serve|http-server|vite)$/.test(word))
  if (at < 0 || words.slice(0, at).some(word => !/^(?:npx|yarn|pnpm|exec|--yes|-y|node_modules\/\.bin)$/.test(word)))
    return undefined
  const name = words[at]!
  const rest = words.slice(at + 1)
  const isPreview = name === 'vite' && rest[0] === 'preview'
  if (name === 'vite' && !isPreview) return undefined
  const usual = name === 'serve' ? 3000 : name === 'http-server' ? 8080 : 4173
  let port: number = usual
  let folder: string | undefined
  let isSingle = isPreview
  for (let i = isPreview ? 1 : 0; i < rest.length; i++) {
    const word = rest[i]!
    const [option, inline] = word.split('=', 2)
    if (/^(?:-l|--listen|-p|--port)$/.test(option!)) {
      const value = inline ?? rest[++i]
      port = Number(/(\d+)$/.exec(value ?? '')?.[1])
    } else if (word === '-s' || word === '--single') isSingle = true
    else if (/^(?:--host|-a|-c|--cors|-d|--debug|-n|--no-clipboard)$/.test(option!)) {
      if (/^(?:-a|--host)$/.test(option!) && inline === undefined && !rest[i + 1]?.startsWith('-')) i++
    } else if (word.startsWith('-')) return undefined
    else folder = word
  }
  folder ??= isPreview ? 'dist' : undefined
  return folder === undefined || !(port > 1023 && port < 65_536) ? undefined : { folder, port, isSingle }
}

const served = (subject: HardenSubject, stage: Stage): Applied | LeftOut | undefined => {
  const { dockerfile } = subject
  const scene = sceneOf(subject)
  if (!scene) return undefined
  const words = wordsOf(subject, scene.needs.words)
  const server = words && serverOf(words)
  if (!server) return undefined
  const folder = absolutePath(server.folder, scene.workdir)
  const check = [`Copy ${server.folder} into nginx’s /usr/share/nginx/html in a stage behind the one that builds`]
  if (folder === undefined) return undefined
  if (subject.level !== 'strict')
    return {
      leftOut: `it is served by ${words.find(word => /^(?:serve|http-server|vite)$/.test(word))}; another web server takes its place only at --level strict`,
      check,
    }
  const cycle = newestCycle('nginx', subject.today)
  const steps = scene.lower.map(({ step }) => step)
  const more = steps.find(({ instruction }) => /^(?:RUN|COPY|ADD|HEALTHCHECK|VOLUME|SHELL)$/.test(instruction.name))
  const file = 'nginx.conf'
  if (
    cycle === undefined ||
    more ||
    scene.needs.entrypoint ||
    subject.project.files.has(file) ||
    !subject.context ||
    stage.nameWord ||
    !stage.baseWord
  )
    return {
      leftOut: more
        ? `\`${more.instruction.argument.text.slice(0, 60)}\` belongs to the server that it has now`
        : 'it has settings of its own',
      check,
    }
  const newline = lineEnd(dockerfile)
  const path = subject.context.path === '' ? file : `${subject.context.path}/${file}`
  const copy = keyword(dockerfile, 'COPY')
  const moved = scene.upper
    .map(({ step }) => step)
    .filter(({ instruction }) => /^(?:LABEL|EXPOSE|MAINTAINER|STOPSIGNAL)$/.test(instruction.name))
  const gone = steps.filter(({ instruction }) => /^(?:CMD|USER|WORKDIR|ENV|ARG)$/.test(instruction.name))
  const above = scene.upper.filter(({ step }) => step.instruction.name === 'CMD').map(({ step }) => step)
  const { end } = scene.upper.at(-1)!.step.instruction.span
  const lines = [
    `${keyword(dockerfile, 'FROM')} nginx:${cycle}-alpine`,
    ...moved.map(step =>
      dockerfile.tree.text.slice(step.instruction.span.start, step.instruction.span.end).replace(/\r?\n$/, ''),
    ),
    `${copy} ${file} /etc/nginx/conf.d/default.conf`,
    `${copy} --from=build ${folder} /usr/share/nginx/html`,
  ]
  return {
    edits: [
      insertAt(dockerfile, stage.baseWord.span.end, ` ${keyword(dockerfile, 'AS')} build`),
      ...[...moved, ...gone, ...above].map((step: Step) => withoutStep(dockerfile, step)),
      insertAt(
        dockerfile,
        end,
        `${dockerfile.tree.text[end - 1] === '\n' ? '' : newline}${newline}${lines.join(newline)}${newline}`,
      ),
      { path, span: { start: 0, end: 0 }, text: configuration(server) },
    ],
    title: `Serve ${server.folder} with nginx, on the same port`,
    risk: 'Another web server: headers, compression and pages for errors are its own',
    check: ['Open the site, and an address inside of it that is no file'],
  }
}

/** https://nginx.org/en/docs/http/ngx_http_core_module.html#try_files */
const configuration = ({ port, isSingle }: Server): string =>
  `server {\n    listen ${port};\n    root /usr/share/nginx/html;\n    index index.html;\n\n    location / {\n        try_files $uri $uri/ $uri.html ${isSingle ? '/index.html' : '=404'};\n    }\n}\n`

/** The words that start it, a script of package.json followed once. */
const wordsOf = (subject: HardenSubject, words: readonly string[] | undefined): readonly string[] | undefined => {
  if (words?.[0] === undefined || !/^(?:npm|yarn|pnpm)$/.test(words[0])) return words
  const name = words.slice(1).find(word => word !== 'run' && !word.startsWith('-'))
  const line = name === undefined ? undefined : scriptOfPackage(subject.project.texts.get('package.json'), name)
  return line === undefined || /[&|;$"'`<>]/.test(line) ? words : line.trim().split(/\s+/)
}
