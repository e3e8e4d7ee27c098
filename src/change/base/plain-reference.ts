/** References that are written out as a whole: one value in YAML, one word of a command line. */
import type { Edit, Problem } from '../../model/finding.ts'
import type { Span } from '../../model/text.ts'
import { parseReference } from '../../read/dockerfile/reference.ts'
import type { YamlScalar } from '../../read/yaml/tree.ts'
import { type BaseChange, byHand, type Place, type Rewritten, unknownBase, type Wanted, wantedText } from './wanted.ts'
import { innerSpan, needsQuotes } from './yaml-value.ts'

/** Collects over one file; what is met twice is changed once. */
export class PlainReferences {
  readonly #wanted: Wanted
  readonly #edits: Edit[] = []
  readonly #changes: BaseChange[] = []
  readonly #problems: Problem[] = []
  readonly #seen = new Set<number>()

  constructor(wanted: Wanted) {
    this.#wanted = wanted
  }

  /** The value of a scalar. */
  scalar(scalar: YamlScalar, where: Place['in']): void {
    const place: Place = { path: scalar.file.path, span: scalar.span, in: where }
    const inner = innerSpan(scalar)
    this.text(scalar.value, place, inner, text => (needsQuotes(scalar, text) ? `"${text}"` : text))
  }

  /** `inner`: where exactly the value stands; undefined: it is written in a way that nobody should touch. */
  text(value: string, place: Place, inner: Span | undefined, write = (text: string): string => text): void {
    if (this.#seen.has(place.span.start)) return
    this.#seen.add(place.span.start)
    const reference = parseReference(value)
    if (!reference) {
      this.#problems.push(unknownBase(place, `\`${shown(value)}\` is no reference to an image that can be read here`))
      return
    }
    const after = wantedText(value, reference, this.#wanted(reference, place))
    if (after === undefined) return
    if (!inner) {
      this.#problems.push(
        byHand(place, `\`${value}\` is to become \`${after}\`, and it is not written in one piece: change it by hand`),
      )
      return
    }
    this.#edits.push({ path: place.path, span: inner, text: write(after) })
    this.#changes.push({ ...place, before: value, after, how: 'here' })
  }

  problem(problem: Problem): void {
    this.#problems.push(problem)
  }

  result(): Rewritten {
    return {
      edits: [...this.#edits].sort((a, b) => a.span.start - b.span.start),
      changes: this.#changes,
      problems: this.#problems,
    }
  }
}

const shown = (text: string): string => (text.length > 80 ? `${text.slice(0, 80)}…` : text)
