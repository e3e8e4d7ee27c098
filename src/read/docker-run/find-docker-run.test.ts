import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import '../../../test/fixed-seed.ts'
import type { Container } from '../../model/container.ts'
import type { Location } from '../../model/finding.ts'
import { commandLine } from './command-line.ts'
import { findDockerRuns, runFileKind } from './find-docker-run.ts'
import { logicalLines } from './logical-lines.ts'
import { readDockerRun } from './read-docker-run.ts'

const find = (path: string, text: string) => {
  const found = findDockerRuns(path, text)
  const written = (at: Location | undefined): string | undefined =>
    at?.in === 'file' && at.path === path ? text.slice(at.span.start, at.span.end) : undefined
  return {
    ...found,
    written,
    names: found.containers.map(({ name }) => name),
    problems: found.problems.map(({ kind, code, at }) => `${kind} ${code} ${written(at)}`),
  }
}

const findDockerRunsTold = (path: string, text: string) => {
  const { problems } = findDockerRuns(path, text)
  return { problems, written: find(path, text).written }
}

/** Name, and what was written for its privileges and mounts. */
const told = (path: string, text: string): readonly string[] => {
  const { containers, written } = find(path, text)
  return containers.map((container: Container) =>
    [
      container.name,
      ...[container.privileged, container.network, container.pid, container.user, ...container.capAdd, ...container.mounts]
        .map(({ at }) => written(at))
        .filter(at => at !== undefined),
    ].join(' | '),
  )
}

describe('which files are looked through', () => {
  test.each([
    ['a/b.sh', '', 'shell'],
    ['bin/start', '#!/usr/bin/env bash\n', 'shell'],
    ['bin/start', '#!/usr/bin/python3\n', undefined],
    ['bin/start.txt', '#!/bin/sh\n', undefined],
    ['.hidden', '#!/bin/sh\n', 'shell'],
    ['Makefile', '', 'make'],
    ['build/docker.mk', '', 'make'],
    ['Jenkinsfile', '', 'jenkins'],
    ['ci/Jenkinsfile.release', '', 'jenkins'],
    ['etc/web.service', '', 'systemd'],
    ['.github/workflows/a.yml', '', 'github'],
    ['x/.github/workflows/a.yaml', '', 'github'],
    ['a/action.yml', '', 'github'],
    ['.gitlab-ci.yml', '', 'ci'],
    ['ci/build.gitlab-ci.yml', '', 'ci'],
    ['.gitlab/ci/a.yml', '', 'ci'],
    ['.circleci/config.yml', '', 'ci'],
    ['azure-pipelines.yml', '', 'ci'],
    ['bitbucket-pipelines.yml', '', 'ci'],
    ['.travis.yml', '', 'ci'],
    ['compose.yaml', '', undefined],
    ['README.md', '', undefined],
    ['a.ts', '', undefined],
  ])('%s %j', (path, text, kind) => {
    expect(runFileKind(path, text)).toBe(kind)
  })
})

describe('shell scripts', () => {
  test.each<[string, readonly string[]]>([
    ['docker run --privileged a', ['docker run a | --privileged']],
    ['if x; then\n  sudo docker run \\\n    --net \\\n    host \\\n    a\nfi', ['docker run a | --net \\\n    host']],
    ["docker run --'privileged' -v '/a b:/c' \"img\" x", ["docker run img | --'privileged' | -v '/a b:/c'"]],
    ['f() { docker run -u 0 a; }; x=$(podman run --pid=host b) | cat', ['docker run a | -u 0', 'podman run b | --pid=host']],
    ["sh -c 'docker run --privileged a'", ['docker run a | --privileged']],
    ["ssh h 'docker run --privileged a' # docker run b", ['docker run a | --privileged']],
    ['ssh h "docker run -e \\"A=b\\" --privileged a"', ['docker run a | --privileged']],
    ['CMD="docker run --privileged a"\n$CMD', ['docker run a | --privileged']],
    ['docker run -v "$PWD":/x a', ['docker run a | -v "$PWD":/x']],
    ['docker run -v $(pwd):/x a', ['docker run a | -v $(pwd):/x']],
    ['docker run -p [::1]:80:80 --privileged a', ['docker run a | --privileged']],
    ['${DOCKER_BIN} run --privileged a', ['docker run a | --privileged']],
    ['echo docker run --privileged a', []],
    ['# docker run --privileged a', []],
    ["cat <<'E'\ndocker run --privileged a\nE", []],
    ['docker exec --privileged web sh', ['docker exec web | --privileged']],
    ['docker build . && docker push a', []],
  ])('%j', (text, expected) => {
    expect(told('a.sh', text)).toEqual(expected)
    expect(told('a.sh', `#!/bin/bash\n# ä\n\n${text}\n`)).toEqual(expected)
  })

  test('what the engine would refuse, and what is unknown, is uncovered', () => {
    expect(find('a.sh', 'docker run --privileged=x $OPTS --foo a').problems).toEqual([
      'uncovered docker-run-unknown-words $OPTS',
      'uncovered docker-run-unknown-flag --foo',
      'uncovered docker-run-invalid --privileged=x',
    ])
  })

  test('a script that breaks off is told, and what was read is judged', () => {
    const { names, problems } = find('a.sh', 'docker run a\nif x; then\n')
    expect(names).toEqual(['docker run a'])
    expect(problems).toEqual([expect.stringMatching(/^uncovered docker-run-script /)])
  })

  test('options that the script keeps in a variable, each at its own place', () => {
    const text = `flags="--privileged --interactive"
if [ -t 0 ]; then flags="$flags --tty"; fi
docker run $flags -v /a:/b img:1 x
args=(
  --cap-add "SYS_ADMIN" # --pid=host
  -v "$PWD:/x")
args+=(-u 0)
docker run "\${args[@]}" $MORE img:2
docker run $OTHER -v $flags img:3
docker run img:4 $flags
`
    expect(told('a.sh', text)).toEqual([
      'docker run img:1 | --privileged | -v /a:/b',
      'docker run img:2 | -u 0 | --cap-add "SYS_ADMIN" | -v "$PWD:/x"',
      'docker run img:3',
      'docker run img:4',
    ])
    const { problems, runs, written } = find('a.sh', text)
    expect(problems).toEqual([
      'uncovered docker-run-unknown-words $MORE',
      'uncovered docker-run-unknown-words $OTHER',
      'uncovered docker-run-unknown-value -v $flags',
    ])
    expect(written(runs[3]!.at)).toBe('docker run img:4')
  })

  test('a file that is too large is told', () => {
    const { problems } = find('a.sh', `docker run a\n${'#'.repeat(2_000_001)}`)
    expect(problems).toEqual(['uncovered docker-run-too-large '])
  })

  test('where options may be added', () => {
    const { runs, written } = find('a.sh', 'x; docker container run a')
    expect(runs.map(({ at, verbAt }) => [written(at), written(verbAt)])).toEqual([['docker container run a', 'run']])
  })
})

describe('texts that are for no shell', () => {
  const path = '.github/workflows/a.yml'
  const step = '{run: docker run --privileged web}'
  test.each([
    ['github-script', `jobs: {a: {steps: [{uses: actions/github-script@v7, with: {script: docker run web}}, ${step}]}}`, 1, 0],
    ['another action', 'jobs: {a: {steps: [{uses: acme/ssh@v1, with: {script: docker run web}}]}}', 1, 0],
    [
      'runner',
      `jobs: {a: {runs-on: windows-2022, steps: [${step}, ${step}]}, b: {runs-on: ubuntu-24.04, steps: [${step}]}}`,
      1,
      1,
    ],
    ['runners', `jobs: {a: {runs-on: [self-hosted, Windows], steps: [${step}]}}`, 0, 1],
    ['bash on Windows', 'jobs: {a: {runs-on: windows-2022, steps: [{shell: bash, run: docker run web}]}}', 1, 0],
    ['defaults', `defaults: {run: {shell: pwsh}}\njobs: {a: {steps: [${step}]}}`, 0, 1],
    ['a job’s defaults', `jobs: {a: {runs-on: windows-2022, defaults: {run: {shell: bash}}, steps: [${step}]}}`, 1, 0],
    ['nothing to be missed', 'jobs: {a: {runs-on: windows-2022, steps: [{run: make}]}}\nx: docker run', 0, 0],
    ['python', 'jobs: {a: {steps: [{shell: python, run: docker run web}]}}', 0, 1],
  ])('%s', (_, text, containers, problems) => {
    const found = find(path, text)
    expect(found.names).toHaveLength(containers)
    expect(found.problems.map(one => one.split(' ', 2).join(' '))).toEqual(Array(problems).fill('uncovered docker-run-shell'))
  })

  test('tasks of Azure', () => {
    const at = (text: string) => find('azure-pipelines.yml', text)
    expect(at('steps: [{task: PowerShell@2, inputs: {script: docker run web}}]').names).toEqual([])
    expect(at('steps: [{task: Bash@3, inputs: {script: docker run web}}]').names).toHaveLength(1)
    expect(at('pool: {vmImage: windows-latest}\nsteps: [{script: docker run web}, {bash: docker run web}]').names).toHaveLength(1)
  })
})

describe('pipelines', () => {
  test('GitHub: scripts, containers of jobs, services', () => {
    const text = `on: push
jobs:
  build:
    container:
      image: node:20
      options: --privileged --user 0
      volumes:
        - /var/run/docker.sock:/s
      env: { A: b }
    services:
      redis:
        image: redis
        ports: ['6379:6379']
        options: >-
          --health-cmd "redis-cli ping"
          --cap-add SYS_ADMIN
    steps:
      - name: docker run --privileged no
        run: |
          if x; then
            docker run \\
              -v \${{ github.workspace }}:/w \\
              --privileged \${{ matrix.image }} x
          fi
      - run: docker run --network host "alpine"
      - run: "docker run -e \\"A=b\\" -u 0 c"
      - run: 'docker run -e ''A'' -u 1 d'
      - run: >
          docker run
          --pid=host
          e
      - shell: python
        run: docker run --network host f
`
    expect(told('.github/workflows/a.yml', text)).toEqual([
      'build › container | --privileged | --user 0 | /var/run/docker.sock:/s',
      'build › redis | --cap-add SYS_ADMIN',
      'docker run ${{ matrix.image }} | --privileged | -v ${{ github.workspace }}:/w',
      'docker run alpine | --network host',
      'docker run c | -u 0',
      'docker run d | -u 1',
      'docker run e | --pid=host',
    ])
    const { containers, written, runs } = find('.github/workflows/a.yml', text)
    expect(written(containers[0]!.at)).toBe('container')
    expect(written(containers[0]!.environment[0]!.at)).toBe('A: b')
    expect(containers[1]!.healthcheck.value).toBe('defined')
    expect(containers[1]!.ports).toMatchObject([{ hostPort: 6379, published: true }])
    expect(containers[2]!.image).toMatchObject({ value: undefined })
    expect(runs.map(({ verbAt }) => written(verbAt))).toEqual([undefined, undefined, 'run', 'run', 'run', 'run', 'run'])
  })

  test('a workflow whose options alone say it', () => {
    const text = 'jobs:\n  a:\n    container:\n      image: x\n      options: --privileged\n'
    expect(told('.github/workflows/a.yml', text)).toEqual(['a › container | --privileged'])
  })

  test.each<[string, string, readonly string[]]>([
    [
      '.gitlab-ci.yml',
      'a:\n  before_script: [docker run -u 0 a]\n  script:\n    - docker run --privileged $[[ inputs.image ]] x\n    - - podman run --net=host b\n',
      ['docker run a | -u 0', 'docker run $[[ inputs.image ]] | --privileged', 'podman run b | --net=host'],
    ],
    [
      '.circleci/config.yml',
      'jobs:\n  a:\n    steps:\n      - run:\n          name: docker run no\n          command: docker run --privileged << parameters.image >>\n      - run: docker run b\n',
      ['docker run << parameters.image >> | --privileged', 'docker run b'],
    ],
    [
      'azure-pipelines.yml',
      'resources:\n  containers:\n  - container: u\n    image: ubuntu\n    options: --privileged\nsteps:\n- script: docker run --net=host -v $(Build.SourcesDirectory):/s x\n- bash: docker run y\n',
      ['u | --privileged', 'docker run x | --net=host | -v $(Build.SourcesDirectory):/s', 'docker run y'],
    ],
    [
      'bitbucket-pipelines.yml',
      'pipelines:\n  default:\n    - step:\n        script: [docker run -u 0 a]\n',
      ['docker run a | -u 0'],
    ],
  ])('%s', (path, text, expected) => {
    expect(told(path, text)).toEqual(expected)
  })

  test('YAML that is none is told', () => {
    expect(find('.gitlab-ci.yml', 'a: [docker run x\nb: "').problems).toEqual([expect.stringMatching(/^failed yaml-invalid /)])
  })

  test('Jenkins: strings for a shell, arguments for docker', () => {
    const text = `pipeline {
  agent { docker { image 'maven:3'
    args '--privileged -v /:/h' } }
  // sh 'docker run --privileged no'
  /* sh 'docker run --privileged no' */
  steps {
    sh 'docker run --net host a'
    sh(script: "docker run -u 0 b", returnStdout: true)
    sh """
      docker run -v \${env.WORKSPACE}:/w \\\\
        --privileged \\$IMAGE x
    """
    echo 'docker run --privileged no'
    script { docker.image("c:\${V}").inside('--pid=host') { sh 'make' } }
    other.run('--privileged')
  }
}
`
    expect(told('Jenkinsfile', text)).toEqual([
      'docker run maven:3 | --privileged | -v /:/h',
      'docker run a | --net host',
      'docker run b | -u 0',
      'docker run $IMAGE | --privileged | -v ${env.WORKSPACE}:/w',
      'docker run c:${V} | --pid=host',
    ])
  })

  test('systemd: commands, with their prefixes, continued over comments', () => {
    const text = `[Service]
# ExecStart=/usr/bin/docker run --privileged no
ExecStartPre=-/usr/bin/docker rm -f x
ExecStart=-/usr/bin/docker run --rm \\
  # a comment
  --name %n --privileged \\
  img:1
Environment=docker run --privileged no
`
    expect(told('a.service', text)).toEqual(['docker run img:1 | --privileged'])
  })

  test('make: recipes and variables', () => {
    const text = `# docker run no
run:
\t@docker run -v $$PWD:/x -v "$$(pwd)":/y \\
\t  --privileged $(IMAGE) x && \\
\t  echo
\techo docker run no
R := docker run -u 0 a
help: ; echo docker run no
`
    expect(told('Makefile', text)).toEqual([
      'docker run $(IMAGE) | --privileged | -v $$PWD:/x | -v "$$(pwd)":/y',
      'docker run a | -u 0',
    ])
  })
})

test('logical lines cover the text, and each content is as long as its line', () => {
  const text = 'a\\\nb\n# c\\\nd\ne\\\n# f\ng\n'
  const lines = [...logicalLines(text, /^#/)]
  expect(lines.map(({ content }) => content)).toEqual(['a\\\nb', '# c\\\nd', 'e\\\n    g'])
  for (const { start, end, content } of lines) expect(content.length).toBe(end - start)
})

test('nothing throws, and every place is inside', () => {
  const word = fc.constantFrom(
    ...[
      'docker',
      ' ',
      'run',
      '\n',
      '"',
      "'",
      '\\',
      '$',
      '{',
      '}',
      '(',
      ')',
      '#',
      '--privileged',
      '-v',
      'x:',
      ':',
      '\t',
      '- ',
      'run: ',
      '|',
      '>',
      'sh',
      '"""',
      '${{',
      '}}',
      '<<',
      'ExecStart=',
      'options: ',
      'container:',
      'image: a',
    ],
  )
  const path = fc.constantFrom('a.sh', 'Makefile', 'a.service', 'Jenkinsfile', '.github/workflows/a.yml', '.gitlab-ci.yml')
  fc.assert(
    fc.property(path, fc.array(word, { maxLength: 60 }), (path, words) => {
      const text = words.join('')
      const { containers, problems } = findDockerRuns(path, text)
      JSON.stringify([containers, problems], (key, value) => {
        if (key === 'span') {
          expect(value.start).toBeLessThanOrEqual(value.end)
          expect(value.end).toBeLessThanOrEqual(text.length)
        }
        return key === 'cause' ? undefined : value
      })
    }),
    { numRuns: Number(process.env.BULKHEAD_FUZZ_RUNS ?? 1000) },
  )
})

test.each([
  ['.github/workflows/a.yml', `run: docker run ${'${{ '.repeat(50_000)}`],
  ['.github/workflows/a.yml', `run: docker run ${Array.from({ length: 5000 }, (_, i) => `\${{ x${i} }}`).join(' ')}`],
  ['Makefile', `\tdocker run \\\n${' a \\\n'.repeat(50_000)}`],
  ['a.service', `ExecStart=docker run \\\n${'# x\n'.repeat(50_000)}`],
  ['Jenkinsfile', `sh "docker run ${'${'.repeat(50_000)}`],
  ['a.sh', `docker run ${'"'.repeat(50_001)}`],
  ['a.sh', `docker run ${'$('.repeat(50_000)}`],
  ['a.sh', `f="${'-i '.repeat(200)}"\n${'docker run $f a\n'.repeat(5000)}`],
])('hostile text takes no longer than its length: %s', (path, text) => {
  const start = performance.now()
  findDockerRuns(path, text)
  expect(performance.now() - start).toBeLessThan(3000)
})

describe('no file takes more than its share', () => {
  test('of an option the first thousand are read, and every other option', () => {
    const { containers, problems } = find('a.sh', `docker run ${'-v /:/h '.repeat(5_000)}--privileged a`)
    expect(containers[0]?.mounts.length).toBe(1_000)
    expect(containers[0]?.privileged.value).toBe(true)
    expect(problems).toEqual(['uncovered docker-run-too-many-options -v /:/h'])
    // Asked about the command itself, that is no answer.
    const { words } = commandLine(['docker', 'run', ...Array.from({ length: 1_001 }, () => '-v=/:/h'), 'a'])
    expect(readDockerRun(words)?.problems.map(({ kind, code }) => `${kind} ${code}`)).toEqual([
      'failed docker-run-too-many-options',
    ])
  })
  test('what is unknown is told a hundred times, and how often it is more', () => {
    const { problems, written } = findDockerRunsTold(
      'a.sh',
      `docker run ${Array.from({ length: 5_000 }, (_, i) => `--x${i}`).join(' ')} a`,
    )
    expect(problems.length).toBe(101)
    expect(problems.at(-1)?.message).toMatch(/^what is not known of one command is told 100 times; 4\d{3} more follow here$/)
    expect(written(problems.at(-1)?.at)).toBe('--x100')
  })
  test.each([
    ['commands', 'docker run a\n'.repeat(2_100), 2_000],
    ['words', `docker run a ${'b '.repeat(29_990)}\n`.repeat(4), 2],
  ])('%s beyond that are told', (_, text, judged) => {
    const { containers, problems } = find('a.sh', text)
    expect(containers.length).toBe(judged)
    expect(problems).toEqual(['uncovered docker-run-too-many docker'])
  })
})
