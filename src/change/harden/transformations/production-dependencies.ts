import { insertAt, lineEnd, shippedStages } from '../../../judge/dockerfile-queries.ts'
import { isEditable } from '../../../judge/package-queries.ts'
import type { Edit } from '../../../model/finding.ts'
import type { Stack } from '../../../model/project.ts'
import type { Dockerfile, Stage, Step } from '../../../read/dockerfile/graph.ts'
import { expandWord } from '../../../read/dockerfile/read-dockerfile.ts'
import { hasOption } from '../../../read/shell/queries.ts'
import type { Command } from '../../../read/shell/script.ts'
import { officialImage } from '../image-choice.ts'
import { type Install, installsIn, scriptOfPackage, stackOf } from '../installs.ts'
import { keyword, lastChange, linesAfter } from '../place.ts'
import { runNeeds } from '../run-needs.ts'
import { isForPeople } from '../start.ts'
import { absolutePath, isWithin } from '../step-effects.ts'
import { type Applied, type HardenSubject, type LeftOut, transformation } from '../transformation.ts'

export default transformation({
  title: 'Ship the dependencies of production alone',
  why: 'What tests and builds a program is often more than what it needs to run: hundreds of packages, each one with holes that a scanner reports and with code that could be turned against you. The program never loads them.',
  level: 'balanced',
  safety: 'unsafe',
  order: 210,
  apply(subject) {
    const { dockerfile } = subject
    const bottom = shippedStages(dockerfile).at(-1)
    let left: LeftOut | undefined
    // Who develops and tests needs them.
    if (dockerfile.final && isForPeople(dockerfile, dockerfile.final)) return undefined
    for (const stage of dockerfile.stages) {
      if (stage.role !== 'final' && stage.role !== 'copied' && stage.role !== 'inherited') continue
      for (const install of installsIn(stage)) {
        const outcome = lessOf(subject, stage, install)
        if (outcome && 'edits' in outcome) return outcome
        left ??= outcome
      }
    }
    const environment = bottom && inProduction(subject, dockerfile.final!, bottom)
    return environment ?? left
  },
})

const lessOf = (subject: HardenSubject, stage: Stage, install: Install): Applied | LeftOut | undefined => {
  const { step, tool } = install
  const folder = folderOf(step)
  const stack =
    subject.project.stacks.find(
      one => one.name === stackOf(subject, tool, one.folder)?.name && isInstalled(subject, stage, folder, one),
    ) ?? stackOf(subject, tool, '')
  if (!stack) return undefined
  if (isForProduction(stage, install)) return undefined
  if (stack.name === 'node' && stack.devDependencies.size === 0) return undefined
  if (!ships(subject, stage, folder)) return undefined
  const started = startsWithDev(subject, stack)
  if (started !== undefined)
    return {
      leftOut: `\`${started}\` starts the program, and is for developing`,
      check: [
        `Start what ${stack.build ? `\`${stack.build.value}\` makes` : 'node runs without it'}, or make ${started} one of the dependencies`,
      ],
    }
  const users = stage.steps.filter(
    one =>
      one.instruction.name === 'RUN' && one.instruction.span.start >= step.instruction.span.start && usesDev(one, install, stack),
  )
  const last = users.at(-1)
  const builder = usersOf(subject.dockerfile.stages, stage).find(other =>
    other.steps.some(one => one.instruction.name === 'RUN' && usesDev(one, install, stack)),
  )
  if (builder)
    return {
      leftOut: `${builder.name === undefined ? 'another stage' : `\`${builder.name}\``} builds with the dependencies that are installed here`,
      check: ['A stage of its own that installs those for production alone, from which the last one copies them'],
    }
  return last === undefined ? without(subject, install, stack) : pruned(subject, stage, install, stack, last)
}

const folderOf = (step: Step): string => {
  const { value } = step.before.workdir
  return value?.known && value.absolute ? (absolutePath(value.path, '/') ?? '/') : '/'
}

/** The stack whose manifest is copied into the folder where the command runs. */
const isInstalled = ({ dockerfile }: HardenSubject, stage: Stage, folder: string, stack: Stack): boolean =>
  stage.steps.some(({ instruction, before }) => {
    if (!/^(?:COPY|ADD)$/.test(instruction.name) || instruction.flags.some(({ name }) => name === 'from')) return false
    const values = instruction.words.map(word => expandWord(word, before.variables, dockerfile.tree.escape).value)
    const target = absolutePath(values.at(-1) ?? '', before.workdir.value?.path ?? '/')
    return (
      target !== undefined &&
      isWithin(folder, target) &&
      values.slice(0, -1).some(value => {
        const source = absolutePath(value.replace(/\/?[^/]*[*?].*$|\/?package[^/]*\.json$/, '') || '.', '/')
        return source !== undefined && `${source}${folder.slice(target.length)}`.replace(/^\/+|\/+$/g, '') === stack.folder
      })
    )
  })

/** Stages that are built from this one, or copy from it, and those that do so from them; the last one ships and builds no more. */
const usersOf = (stages: readonly Stage[], stage: Stage): readonly Stage[] => {
  const found = new Set([stage])
  // A stage comes after those that it uses.
  for (const other of stages)
    if (
      (other.base.kind === 'stage' && found.has(other.base.stage)) ||
      other.uses.some(({ how, target }) => how === 'copy' && target.kind === 'stage' && found.has(target.stage))
    )
      found.add(other)
  found.delete(stage)
  return [...found]
}

/** Whether the modules of a folder reach the image that ships. */
const ships = (subject: HardenSubject, stage: Stage, folder: string, depth = 0): boolean => {
  const { dockerfile } = subject
  if (stage.role !== 'copied') return true
  return dockerfile.stages.some(
    other =>
      depth < 8 &&
      (other.role !== 'copied' || ships(subject, other, folder, depth + 1)) &&
      other.uses.some(({ how, target, step }) => {
        if (how !== 'copy' || target.kind !== 'stage' || target.stage !== stage) return false
        return step.instruction.words.slice(0, -1).some(word => {
          const source = absolutePath(expandWord(word, step.before.variables, dockerfile.tree.escape).value, '/')
          return source === undefined || isWithin(`${folder}/node_modules`, source) || isWithin(`${folder}/vendor`, source)
        })
      }),
  )
}

/** It says so, or a variable says it for it. https://docs.npmjs.com/cli/commands/npm-install#omit */
const isForProduction = (stage: Stage, { step, command, tool, script }: Install): boolean => {
  const flags: Readonly<Record<string, readonly string[]>> = {
    npm: ['--omit', '--production', '--only', '--include'],
    yarn: ['--production', '--prod'],
    pnpm: ['-P', '--prod', '--production', '-D', '--dev', '--filter', '-F'],
    bun: ['--production', '-p'],
    composer: ['--no-dev'],
    poetry: ['--only', '--without', '--no-dev', '--only-root'],
    uv: ['--no-dev', '--no-group', '--only-group', '--no-default-groups'],
    bundle: ['--without'],
  }
  const own = flags[tool]
  if (own === undefined || hasOption(command, ...own)) return true
  const value = (name: string): string | undefined =>
    command.assignments.find(one => one.name === name)?.value?.text ?? step.before.variables.get(name)?.value
  const later = stage.steps.filter(one => one.instruction.span.start >= step.instruction.span.start)
  const isPruned = later.some(one =>
    one.scripts.some(({ text }) =>
      /\b(?:npm|pnpm|yarn) (?:prune|install|ci)\b[^&|;\n]*--(?:omit[= ]dev|prod(?:uction)?)\b|\bnpm prune\b|\bpnpm prune\b/.test(
        text,
      ),
    ),
  )
  if (isPruned) return true
  if (tool === 'bundle') return value('BUNDLE_WITHOUT') !== undefined || /without/.test(script.text)
  if (tool === 'composer') return value('COMPOSER_NO_DEV') === '1'
  if (tool === 'uv') return value('UV_NO_DEV') === '1' || command.operands[0]?.text !== 'sync'
  // npm 10 and Yarn 1 take this for --omit=dev.
  return value('NODE_ENV') === 'production'
}

/** Programs whose names are not their packages’. */
const packagesOf: Readonly<Record<string, string>> = {
  tsc: 'typescript',
  ng: '@angular/cli',
  nest: '@nestjs/cli',
  'vue-cli-service': '@vue/cli-service',
  'babel-node': '@babel/node',
  babel: '@babel/cli',
  'ts-node-dev': 'ts-node-dev',
  dotenv: 'dotenv-cli',
  'swc-node': '@swc-node/register',
  remix: '@remix-run/dev',
}

/** The first development dependency that starts the program; undefined where none does. */
const startsWithDev = (subject: HardenSubject, stack: Stack): string | undefined => {
  if (stack.name !== 'node') return undefined
  const { final } = subject.dockerfile
  const text = subject.project.texts.get(stack.folder === '' ? 'package.json' : `${stack.folder}/package.json`)
  const needs = final && runNeeds(subject, final)
  const lines: string[] = [
    needs?.cmd?.instruction.argument.text ?? '',
    needs?.entrypoint?.instruction.argument.text ?? '',
    ...(needs?.scripts.map(one => one.text) ?? []),
  ]
  if (needs && !needs.cmd && !needs.entrypoint) lines.push((stack.start?.value ?? []).join(' '))
  for (let i = 0; i < lines.length && i < 12; i++) {
    for (const match of lines[i]!.matchAll(/\b(?:npm|yarn|pnpm|bun)["',\s]+(?:run(?:-script)?["',\s]+)?([\w:.-]+)/g)) {
      const script = scriptOfPackage(text, match[1]!)
      if (script !== undefined && !lines.includes(script)) lines.push(script)
    }
  }
  for (const word of lines.join(' ').split(/[\s"',[\]=()&|;]+/)) {
    const name = [word, word.split('/')[0]!, word.replace(/^.*node_modules\/\.bin\//, '')].find(one =>
      stack.devDependencies.has(Object.hasOwn(packagesOf, one) ? packagesOf[one]! : one),
    )
    if (name !== undefined && name !== '') return name
  }
  return undefined
}

const plainVerbs = new Set([
  'install',
  'i',
  'ci',
  'clean-install',
  'cache',
  'config',
  'prune',
  'set',
  '-v',
  'version',
  'audit',
  'fund',
  'login',
  'whoami',
  'add',
  'mod',
  'download',
])

/** A step that runs scripts or programs of the project after its dependencies were installed. */
const usesDev = (step: Step, install: Install, stack: Stack): boolean => {
  for (const script of step.scripts) {
    const from = step === install.step ? script.commands.indexOf(install.command) + 1 : 0
    if (script.errors.length > 0) return true
    for (const command of script.commands.slice(from)) if (isDevUse(command, stack)) return true
  }
  return false
}

const isDevUse = (command: Command, stack: Stack): boolean => {
  const { name, operands, nameWord } = command
  if (stack.name !== 'node')
    return /^(?:pytest|tox|php|artisan|rake|rails|bundle|poetry|uv)$/.test(name) && !plainVerbs.has(operands[0]?.text ?? '')
  if (/^(?:npm|yarn|pnpm|bun)$/.test(name)) return operands.length > 0 && !plainVerbs.has(operands[0]!.text)
  if (/^(?:npx|bunx|pnpx|node|make|sh|bash|corepack)$/.test(name)) return name !== 'corepack'
  if (nameWord?.text.includes('/') === true) return true
  return stack.devDependencies.has(Object.hasOwn(packagesOf, name) ? packagesOf[name]! : name)
}

/** npm before 7 comes with Node.js before 15: https://nodejs.org/en/about/previous-releases */
const isOldNpm = (stage: Stage): boolean =>
  stage.root.kind === 'image' &&
  officialImage(stage.root.reference) === 'node' &&
  Number(/^\d+/.exec(stage.root.reference.tag ?? '')?.[0] ?? 99) < 15

const checks = ['Nothing that the program loads is among its development dependencies']

const without = (subject: HardenSubject, install: Install, stack: Stack): Applied | LeftOut | undefined => {
  const { dockerfile } = subject
  const { command, tool, step } = install
  const stage = step.stage!
  if (!isEditable(install)) return { leftOut: 'the dependencies are installed inside of another shell', check: [] }
  const end = (command.operands.at(-1) ?? command.args.at(-1) ?? command.nameWord!).span.end
  const last = Math.max(end, ...command.args.map(word => word.span.end), command.nameWord!.span.end)
  const add = (text: string, title: string): Applied => ({
    edits: [insertAt(dockerfile, last, ` ${text}`)],
    title,
    check: checks,
  })
  switch (tool) {
    case 'npm':
      return add(isOldNpm(stage) ? '--only=production' : '--omit=dev', 'Install without the development dependencies')
    case 'yarn':
      if (stack.managerVersion !== undefined && !/^(?:\^|~)?1(?:\.|$)/.test(stack.managerVersion.value))
        return {
          leftOut: 'Yarn of this version installs for production by `yarn workspaces focus --production`',
          check: ['Use it where the workspace has one package, or a plugin that brings it'],
        }
      return add('--production', 'Install without the development dependencies')
    case 'pnpm':
      return add('--prod', 'Install without the development dependencies')
    case 'bun':
      return add('--production', 'Install without the development dependencies')
    case 'composer':
      return add('--no-dev', 'Install without the development dependencies')
    case 'poetry':
      return add('--only main', 'Install the main dependencies alone')
    case 'uv':
      return add('--no-dev', 'Install without the development dependencies')
    case 'bundle': {
      const start = (step.instruction.comments[0] ?? step.instruction).span.start
      return {
        edits: [
          insertAt(dockerfile, start, `${keyword(dockerfile, 'ENV')} BUNDLE_WITHOUT="development:test"${lineEnd(dockerfile)}`),
        ],
        title: 'Install without the gems of development and test',
        check: checks,
      }
    }
    default:
      return undefined
  }
}

const directlyAfter = (dockerfile: Dockerfile, { instruction }: Step, line: string): Edit => {
  const { end } = instruction.span
  const newline = lineEnd(dockerfile)
  return insertAt(dockerfile, end, dockerfile.tree.text[end - 1] === '\n' ? `${line}${newline}` : `${newline}${line}`)
}

/** After the last step that needs them the development dependencies are taken out again: worth it where another stage ships. */
const pruned = (
  subject: HardenSubject,
  stage: Stage,
  install: Install,
  stack: Stack,
  last: Step,
): Applied | LeftOut | undefined => {
  const { dockerfile } = subject
  const run = keyword(dockerfile, 'RUN')
  const title = 'Take the development dependencies out again once all is built'
  if (stack.name !== 'node') return undefined
  if (folderOf(last) !== folderOf(install.step) || last.after.user.value?.value !== install.step.before.user.value?.value)
    return {
      leftOut: 'the folder or the user changes between installing and building',
      check: ['Prune in the folder where the dependencies are installed'],
    }
  if (hasOption(install.command, '--prefix', '-C', '--dir', '--cwd'))
    return {
      leftOut: 'the dependencies are installed into another folder than that of the step',
      check: ['Prune in the folder where the dependencies are installed'],
    }
  // What npm was told of peers it is told again, or it refuses the tree that it made itself.
  const peers = install.command.options
    .flatMap(({ name }) => (name === '--legacy-peer-deps' || name === '--force' ? [` ${name}`] : []))
    .join('')
  const text = subject.project.texts.get(stack.folder === '' ? 'package.json' : `${stack.folder}/package.json`)
  const hooks = ['prepare', 'postinstall', 'preinstall', 'install'].find(name => scriptOfPackage(text, name) !== undefined)
  switch (install.tool) {
    case 'npm':
      return {
        edits: [
          directlyAfter(
            dockerfile,
            last,
            `${run} npm prune ${isOldNpm(stage) ? '--production' : `--omit=dev${peers}${hooks === undefined ? '' : ' --ignore-scripts'}`}`,
          ),
        ],
        title,
        check: checks,
      }
    case 'pnpm':
      return {
        edits: [
          directlyAfter(dockerfile, last, `${run} CI=true pnpm prune --prod${hooks === undefined ? '' : ' --ignore-scripts'}`),
        ],
        title,
        check: checks,
      }
    case 'yarn':
      if (stack.managerVersion !== undefined && !/^(?:\^|~)?1(?:\.|$)/.test(stack.managerVersion.value))
        return {
          leftOut: 'Yarn of this version has no command that takes them out',
          check: ['Install in a stage of its own with `yarn workspaces focus --production`'],
        }
      // https://classic.yarnpkg.com/lang/en/docs/cli/prune/: yarn install prunes.
      return {
        edits: [
          directlyAfter(dockerfile, last, `${run} yarn install --production --ignore-scripts --prefer-offline --frozen-lockfile`),
        ],
        title,
        check: checks,
      }
    default:
      return undefined
  }
}

/** https://nodejs.org/en/learn/getting-started/nodejs-the-difference-between-development-and-production */
const inProduction = (subject: HardenSubject, final: Stage, bottom: Stage): Applied | undefined => {
  const { dockerfile } = subject
  if (bottom.root.kind !== 'image' || officialImage(bottom.root.reference) !== 'node' || final.end.variables.get('NODE_ENV'))
    return undefined
  const { words, scripts, programs } = runNeeds(subject, final)
  const stack = subject.project.stacks.find(({ name }) => name === 'node')
  const starts = words?.[0] !== undefined && /^(?:node|npm|yarn|pnpm|npx|pm2-runtime)$/.test(words[0])
  if (!starts || scripts.length > 0 || !programs || !stack || startsWithDev(subject, stack) !== undefined) return undefined
  if (words?.some(word => /^(?:dev|develop|development|test|watch|start:dev|serve:dev)$/.test(word))) return undefined
  const at = lastChange(final)
  // A step that installs or builds afterwards would mean something else by it.
  return {
    edits: [linesAfter(dockerfile, at, [`${keyword(dockerfile, 'ENV')} NODE_ENV=production`])],
    title: 'Run as in production: NODE_ENV',
    check: ['The program does not read other settings, or show other errors, by NODE_ENV than it should'],
  }
}
