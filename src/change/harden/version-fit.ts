/** Whether a version of a language is one that the project asks for, and which images hold that language. */
import { compareVersions } from '../../judge/base-catalogue.ts'
import type { Stack, StackName, Stated } from '../../model/project.ts'
import { npmRanges } from '../../read/npm-range.ts'
import type { HardenSubject } from './transformation.ts'

const stackOf: Readonly<Record<string, StackName>> = {
  node: 'node',
  python: 'python',
  golang: 'go',
  ruby: 'ruby',
  php: 'php',
  'eclipse-temurin': 'java',
  openjdk: 'java',
  amazoncorretto: 'java',
  rust: 'rust',
  'mcr.microsoft.com/dotnet/aspnet': 'dotnet',
}

/** The program of the context whose language an official image brings. */
export const stackFor = ({ project }: HardenSubject, image: string): Stack | undefined => {
  const name = Object.hasOwn(stackOf, image) ? stackOf[image] : undefined
  return project.stacks.find(stack => stack.name === name)
}

/** What the project says of the version, as a range of npm’s; undefined where it says nothing, or nothing that can be read. */
export const statedRange = (image: string, version: Stated<string> | undefined): string | undefined => {
  const text = version?.value.trim().toLowerCase()
  if (text === undefined || text === '' || text === '*' || /^(?:lts\/\*|lts|node|latest|stable|current)$/.test(text))
    return undefined
  if (image === 'golang') {
    // The go directive is the least version: https://go.dev/ref/mod#go-mod-file-go
    const least = /^(?:go)?(\d+\.\d+)/.exec(text)?.[1]
    return least === undefined ? undefined : `>=${least} <2`
  }
  if (/^(?:eclipse-temurin|openjdk|amazoncorretto)$/.test(image)) {
    const major = /^(?:1\.)?(\d+)/.exec(text)?.[1]
    return major === undefined ? undefined : `>=${major}`
  }
  if (image === 'mcr.microsoft.com/dotnet/aspnet') {
    // No other runtime starts what is built for one: https://learn.microsoft.com/en-us/dotnet/core/versions/selection#framework-dependent-apps-roll-forward
    const [, major, minor = '0'] = /^(\d+)(?:\.(\d+))?/.exec(text) ?? []
    if (major === undefined) return undefined
    return Number(major) < 5 ? `>=${major}.${minor} <${major}.${Number(minor) + 1}` : `>=${major} <${Number(major) + 1}`
  }
  const range = text
    .replace(/(?<![\w.])v(?=\d)/g, '')
    .replace(/(?<!\|)\|(?!\|)/g, '||')
    // https://packaging.python.org/en/latest/specifications/version-specifiers/#compatible-release
    .replace(/~=\s*(\d+)\.(\d+)(?![.\d])/g, (_, major: string, minor: string) => `>=${major}.${minor} <${Number(major) + 1}`)
    .replace(/~=\s*/g, '~')
    .replace(/[,\s]*!=\s*[\w.*]+/g, '')
    .replace(/={2,3}/g, '')
    .replace(/^(?:ruby|python|php)-?/, '')
  return npmRanges(range) === undefined ? undefined : range
}

/** Whether the newest of a cycle (`22`, `3.12`) is in a range, or all that the range allows is of this cycle. */
export const fits = (cycle: string, range: string): boolean => {
  const ranges = npmRanges(range) ?? []
  const numbers = cycle.split('.')
  const newest = [...numbers, '99999', '99999'].slice(0, 3).join('.')
  const isIn = (text: string): boolean => text.split('.').slice(0, numbers.length).join('.') === cycle
  return ranges.some(({ introduced, fixed, lastAffected }) => {
    const isAbove = introduced === undefined || introduced === '0' || compareVersions(plain(introduced), newest) <= 0
    const isBelow =
      (fixed === undefined || compareVersions(newest, plain(fixed)) < 0) &&
      (lastAffected === undefined || compareVersions(newest, plain(lastAffected)) <= 0)
    const end = fixed ?? lastAffected
    return (
      isAbove &&
      (isBelow || (introduced !== undefined && end !== undefined && isIn(introduced) && reachesOnly(cycle, plain(end))))
    )
  })
}

const plain = (version: string): string => version.replace(/-.*/, '')

/** True where an end lies in the cycle, or is its own. */
const reachesOnly = (cycle: string, end: string): boolean => {
  const numbers = cycle.split('.')
  const next = [...numbers.slice(0, -1), String(Number(numbers.at(-1)) + 1)].join('.')
  const padded = [...next.split('.'), '0', '0'].slice(0, 3).join('.')
  return compareVersions([...end.split('.'), '0', '0'].slice(0, 3).join('.'), padded) <= 0
}
