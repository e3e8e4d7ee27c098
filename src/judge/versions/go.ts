/**
 * Go: modules by golang.org/x/mod/semver (https://pkg.go.dev/golang.org/x/mod/semver; the `v` may be missing, as in the Go
 * vulnerability database), and toolchains by go/version (https://pkg.go.dev/go/version): `go1.21rc2` is what the database calls
 * `1.21.0-rc.2`, and `go1.21`, the language version, comes before its release candidates. Without `go` in front, `1.21` is short
 * for `1.21.0`.
 */
import { compareSemantic, readSemantic, type SemanticForm, type SemanticVersion } from '../semantic-version.ts'
import { digitsEnd, type VersionOrder } from '../version-order.ts'

const form: SemanticForm = { fewest: 1, wholeBeforePrerelease: true }

const read = (text: string): SemanticVersion | undefined => readSemantic(text, text.charCodeAt(0) === 118 ? 1 : 0, form)

/** The semantic version that stands for a toolchain's; undefined when it is none. */
const toolchain = (version: string): string | undefined => {
  const named = version.startsWith('go')
  if (!named && !/^\d+\.\d+[a-z]/.test(version)) return undefined
  // Builders add their own suffix, and the runtime lists experiments behind a space: `go1.22.1-corp`, `go1.22.1 X:boringcrypto`.
  const text = named ? version.slice(2).replace(/[- ].*$/s, '') : version
  const majorEnd = digitsEnd(text, 0)
  if (majorEnd === text.length) return `${text}.0.0`
  if (text.charCodeAt(majorEnd) !== 46) return undefined
  const minorEnd = digitsEnd(text, majorEnd + 1)
  if (minorEnd === majorEnd + 1) return undefined
  if (minorEnd === text.length) {
    const minor = text.slice(majorEnd + 1)
    // Since Go 1.21 the first release has a patch number, 1.21.0: https://go.dev/doc/toolchain#version
    return minor.length > 2 || (minor.length === 2 && minor >= '21') ? `${text}.0-0` : `${text}.0`
  }
  const numbers = text.slice(0, minorEnd)
  const rest = text.slice(minorEnd)
  if (rest.charCodeAt(0) === 46) return digitsEnd(rest, 1) === rest.length ? text : undefined
  let kind = 0
  while (rest.charCodeAt(kind) >= 97 && rest.charCodeAt(kind) <= 122) kind++
  if (kind === 0 || digitsEnd(rest, kind) !== rest.length) return undefined
  return `${numbers}.0-${rest.slice(0, kind)}${kind < rest.length ? `.${rest.slice(kind)}` : ''}`
}

export default {
  compare(a, b) {
    const one = read(a)
    const other = read(b)
    if (one && other) return compareSemantic(a, one, b, other)
    const left = one ? a : toolchain(a)
    const right = other ? b : left && toolchain(b)
    if (left === undefined || right === undefined) return undefined
    const first = one ?? read(left)
    const second = first && (other ?? read(right))
    return second && compareSemantic(left, first, right, second)
  },
} satisfies VersionOrder
