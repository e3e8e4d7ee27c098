import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decode, encode, type Span, slice } from '../../model/text.ts'
import { parse } from './parse.ts'
import { print } from './print.ts'
import type { Instruction, SyntaxTree, Word } from './syntax.ts'

const fragments = [
  ...[
    'FROM a',
    'RUN x',
    'ONBUILD ',
    'HEALTHCHECK CMD ',
    'ENV a=b',
    'ENV a b',
    'LABEL "a b"=c',
    'ARG a b=c',
    'COPY ',
    'USER ',
    'CMD ',
  ],
  ...['--mount=type=cache,target=/x', '--x="a b"', '--from=s', ' -- ', '["a", "b"]', '["a\\n", "b\\""]', '[1]', '["a"', '[', ']'],
  ...[
    '\n',
    '\r\n',
    '\r',
    '\n\n',
    ' ',
    '\t',
    '\v',
    '\f',
    '\u00a0',
    '\u2028',
    '\\',
    '`',
    '\\\n',
    '\\ \t\n',
    '\\\r\n',
    '`\n',
    '\\\\\n',
    '`\r\n',
  ],
  ...[
    '# c',
    '\n# c\n',
    '\\\n# c\n',
    '\\\n  # c\n',
    '\\\n\n',
    '# escape=`\n',
    '# syntax=x\n',
    '#check=skip=all\n',
    '\ufeff',
    '\0',
  ],
  ...[
    '<<EOF',
    '<<-EOF',
    "<<'E F'",
    '<< EOF',
    '<<<x',
    '3<<A',
    '\nEOF\n',
    '\n\tEOF\n',
    '\nE F\n',
    '\nA\n',
    'EOF',
    '$A',
    '${A:-',
    '}',
    '"',
    "'",
  ],
  ...['a=b', 'a="b c"', "a='b c'", '\\"', 'é', '😀', '\ud800', ' && ', 'word', '='],
]
const dockerfileLike = fc
  .tuple(
    fc.constantFrom('', '\ufeff', '# escape=`\n', '\ufeff# escape=`\r\n'),
    fc.array(fc.constantFrom(...fragments), { maxLength: 40 }),
  )
  .map(([head, pieces]) => head + pieces.join(''))
const samples = { numRuns: Number(process.env.BULKHEAD_FUZZ_RUNS ?? 2000) }

const leavesOf = (tree: SyntaxTree): readonly Span[] =>
  tree.nodes.flatMap(node => (node.kind === 'instruction' ? node.tokens.map(token => token.span) : [node.span]))

const withNested = (instruction: Instruction): readonly Instruction[] =>
  instruction.nested ? [instruction, ...withNested(instruction.nested)] : [instruction]
const allInstructions = (tree: SyntaxTree): readonly Instruction[] => tree.instructions.flatMap(withNested)

const broken = (tree: SyntaxTree, span: Span): boolean =>
  tree.instructions.some(({ tokens }) =>
    tokens.some(
      token =>
        (token.kind === 'continuation' || token.kind === 'comment' || token.kind === 'blank') &&
        token.span.start < span.end &&
        span.start < token.span.end,
    ),
  )

describe('no byte is lost', () => {
  test('of arbitrary bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), bytes => {
        const tree = parse(bytes)
        expect(encode({ text: print(tree), encoding: tree.encoding })).toEqual(bytes)
      }),
      samples,
    )
  })

  test('of texts that look like Dockerfiles', () => {
    fc.assert(
      fc.property(dockerfileLike, text => {
        expect(print(parse(text))).toBe(text)
      }),
      samples,
    )
  })

  test('of such texts with a byte that is not UTF-8', () => {
    fc.assert(
      fc.property(dockerfileLike, fc.nat(), (text, at) => {
        const bytes = new TextEncoder().encode(`${text} `)
        bytes[at % bytes.length] = 0xff
        const tree = parse(bytes)
        expect(tree.encoding).toBe('latin1')
        expect(tree.text).toBe(decode(bytes).text)
        expect(encode({ text: print(tree), encoding: tree.encoding })).toEqual(bytes)
      }),
      samples,
    )
  })
})

test('the leaves tile the text: none is empty, none overlaps, nothing lies between', () => {
  fc.assert(
    fc.property(dockerfileLike, text => {
      const tree = parse(text)
      let end = 0
      for (const span of leavesOf(tree)) {
        expect(span.start).toBe(end)
        expect(span.end).toBeGreaterThan(span.start)
        end = span.end
      }
      expect(end).toBe(text.length)
    }),
    samples,
  )
})

test('every span lies inside its owner, and siblings are in order', () => {
  const inside = (outer: Span, inner: Span): void => {
    expect(inner.start).toBeLessThanOrEqual(inner.end)
    expect(inner.start).toBeGreaterThanOrEqual(outer.start)
    expect(inner.end).toBeLessThanOrEqual(outer.end)
  }
  const inOrder = (spans: readonly Span[]): void => {
    for (let i = 1; i < spans.length; i++) expect(spans[i]!.start).toBeGreaterThanOrEqual(spans[i - 1]!.end)
  }
  fc.assert(
    fc.property(dockerfileLike, text => {
      const tree = parse(text)
      for (const error of tree.errors) inside({ start: 0, end: text.length }, error.span)
      for (const directive of tree.directives) inside(directive.span, directive.valueSpan)
      for (const comment of tree.comments) inside(comment.span, comment.textSpan)
      inOrder(tree.instructions.map(one => one.span))
      for (const one of allInstructions(tree)) {
        inside(one.span, one.headSpan)
        inside(one.headSpan, one.keyword.span)
        inside(one.span, one.argumentSpan)
        inOrder([one.keyword.span, ...one.flags.map(flag => flag.span), one.argumentSpan])
        for (const flag of one.flags) {
          inside(flag.span, flag.nameSpan)
          if (flag.valueSpan) inside(flag.span, flag.valueSpan)
          for (const field of flag.fields) {
            inside(flag.span, field.span)
            if (field.valueSpan) inside(field.span, field.valueSpan)
          }
        }
        inOrder(one.words.map(word => word.span))
        for (const word of one.words) inside(one.argumentSpan, word.span)
        inOrder(one.pairs.map(pair => pair.span))
        for (const pair of one.pairs) {
          inside(one.argumentSpan, pair.span)
          inside(pair.span, pair.keySpan)
          if (pair.value) {
            inside(pair.span, pair.value.span)
            inOrder([pair.keySpan, pair.value.span])
          }
        }
        if (one.json) for (const span of one.json.spans) inside(one.json.span, span)
      }
      for (const one of tree.instructions) {
        inOrder(one.heredocs.flatMap(heredoc => (heredoc.end ? [heredoc.body, heredoc.end] : [heredoc.body])))
        for (const { span, body, content } of one.heredocs) {
          inside(one.argumentSpan, span)
          inside(one.span, body)
          expect(slice(text, body)).toBe(content)
        }
        for (const span of [...one.innerComments.map(comment => comment.span), ...one.emptyContinuations]) inside(one.span, span)
      }
    }),
    samples,
  )
})

test('a span without a continuation inside holds what its owner says', () => {
  const holds = (tree: SyntaxTree, word: Word): void => {
    if (!broken(tree, word.span)) expect(slice(tree.text, word.span)).toBe(word.raw)
  }
  fc.assert(
    fc.property(dockerfileLike, text => {
      const tree = parse(text)
      for (const one of allInstructions(tree)) {
        holds(tree, one.keyword)
        expect(one.keyword.raw.toUpperCase()).toBe(one.name)
        holds(tree, { raw: one.argument.text, span: one.argumentSpan })
        for (const pair of one.pairs) if (pair.value) holds(tree, pair.value)
        for (const [i, word] of one.words.entries()) {
          if (!one.json) holds(tree, word)
          else if (!broken(tree, one.json.span)) {
            expect(JSON.parse(slice(text, word.span))).toBe(word.raw)
            expect(word.span).toEqual(one.json.spans[i])
          }
        }
        for (const flag of one.flags) {
          if (!broken(tree, flag.span) && !/["'\\`]/.test(slice(text, flag.span))) {
            expect(slice(text, flag.span)).toBe(`--${flag.name}${flag.value === undefined ? '' : `=${flag.value}`}`)
            expect(slice(text, flag.nameSpan)).toBe(`--${flag.name}`)
            if (flag.valueSpan) expect(slice(text, flag.valueSpan)).toBe(flag.value)
          }
        }
      }
    }),
    samples,
  )
})

test('the logical text leads back to the file, unit by unit', () => {
  fc.assert(
    fc.property(dockerfileLike, text => {
      for (const { argument } of allInstructions(parse(text))) {
        for (let at = 0; at < argument.text.length; at++) expect(text[argument.offsetOf(at)]).toBe(argument.text[at])
        const pieces = argument.pieces()
        expect(pieces.map(piece => piece.text).join('')).toBe(argument.text)
        for (const piece of pieces) expect(text.startsWith(piece.text, piece.offset)).toBe(true)
      }
    }),
    samples,
  )
})

test('a text and its bytes give the same tree', () => {
  fc.assert(
    fc.property(dockerfileLike, text => {
      if (!text.isWellFormed()) return
      const shape = (tree: SyntaxTree): unknown => [
        tree.text,
        tree.instructions.map(one => [one.span, one.name, one.words, one.flags]),
      ]
      expect(shape(parse(new TextEncoder().encode(text)))).toEqual(shape(parse(text)))
    }),
    { numRuns: 300 },
  )
})

test('a no-break space ends a flag', () => {
  const [run] = parse('RUN --x=a\u00a0--y=b c').instructions
  expect(run?.flags.map(flag => [flag.name, flag.value])).toEqual([
    ['x', 'a'],
    ['y', 'b'],
  ])
  expect(run?.argument.text).toBe('c')
})

describe('time is linear: what takes milliseconds would take minutes otherwise', () => {
  const many = 100_000
  test.each([
    ['100,000 instructions, 5 MB', `FROM a\n${'RUN apt-get update && apt-get install -y curl # x\n'.repeat(many)}`, many + 1],
    ['100,000 continued lines', `RUN x \\\n${'  && apt-get install -y curl \\\n'.repeat(many)} y\n`, 1],
    ['100,000 comments inside', `RUN x \\\n${'# c\n'.repeat(many)} y\n`, 1],
    ['100,000 empty lines inside', `RUN x \\\n${'\n'.repeat(many)} y\n`, 1],
    ['100,000 flags', `RUN ${'--mount=type=cache,target=/x '.repeat(many)}x`, 1],
    ['100,000 pairs', `ENV ${'A=$A"b c" '.repeat(many)}`, 1],
    ['100,000 heredocs', 'RUN <<A\nx\nA\n'.repeat(many), many],
    ['100,000 heredocs in one line', `RUN ${'<<A '.repeat(many)}\n${'A\n'.repeat(many)}`, 1],
    ['heredocs that never end', 'RUN <<EOF\n'.repeat(many), 1],
    ['5 MB of spaces', `RUN x${' '.repeat(5e6)}\\ y`, 1],
    ['a million brackets', `CMD ${'['.repeat(5e5)}${']'.repeat(5e5)}`, 1],
    ['a million quotes', `ENV A=${'"'.repeat(1e6)}`, 1],
    ['a million escape characters', `ENV A=${'\\'.repeat(1e6)}`, 1],
    ['10,000 nested ${', `ENV A=${'${A:-'.repeat(10_000)}`, 1],
    ['100,000 ONBUILD', `${'ONBUILD '.repeat(many)}RUN x`, 1],
    ['a directive of a million spaces', `# escape=${' '.repeat(1e6)}x\nRUN x`, 1],
  ])('%s', (_, text, count) => {
    const start = performance.now()
    const tree = parse(text)
    expect(print(tree).length).toBe(text.length)
    for (const one of tree.instructions) expect(one.words.length).toBeGreaterThanOrEqual(0)
    expect(performance.now() - start).toBeLessThan(5000)
    expect(tree.instructions.length).toBe(count)
  })
})
