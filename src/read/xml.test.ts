import fc from 'fast-check'
import { expect, test } from 'vitest'
import '../../test/fixed-seed.ts'
import { Unreadable } from './cataloger.ts'
import { xmlParts } from './xml.ts'

const plain = (text: string): unknown[] =>
  [...xmlParts(text)].map(part =>
    part.kind === 'open' ? [part.name, Object.fromEntries(part.attributes)] : part.kind === 'close' ? `/${part.name}` : part.text,
  )

test('tags, attributes, texts; no prefixes, comments, instructions', () => {
  expect(
    plain(
      '<?xml version="1.0"?><!DOCTYPE a>\n<x:a b="1 &amp; &#x41;" c=\'<\'.length>'.replace("c='<'.length", "c='2'") +
        '<!-- <z> --><b/>t &lt;<![CDATA[<i>]]></x:a>',
    ),
  ).toEqual([['a', { b: '1 & A', c: '2' }], ['b', {}], '/b', 't <', '<i>', '/a'])
})

test.each(['<a>', '<a></b>', '</a>', '<a', '<a b=c/>', '<!-- ', '<a>'.repeat(200), '< a/>'])('broken: %s', text => {
  expect(() => [...xmlParts(text)]).toThrow(Unreadable)
})

test('nothing but Unreadable is thrown, whatever the text', () => {
  const piece = fc.constantFrom(
    '<',
    '>',
    '/',
    'a',
    '="',
    '"',
    ' ',
    '<a>',
    '</a>',
    '<!--',
    '-->',
    '<![CDATA[',
    ']]>',
    '&#xffffff;',
    '&x',
    "'",
    '<b c="d"/>',
  )
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 30 }), pieces => {
      try {
        for (const part of xmlParts(pieces.join(''))) expect(part).toHaveProperty('kind')
      } catch (error) {
        expect(error).toBeInstanceOf(Unreadable)
      }
    }),
  )
})

test('long attributes and many of them take time in proportion', () => {
  const start = performance.now()
  expect(() => [...xmlParts(`<a ${'b="c" '.repeat(200_000)}`)]).toThrow(Unreadable)
  expect(() => [...xmlParts(`<a${' '.repeat(300_000)}`)]).toThrow(Unreadable)
  expect(performance.now() - start).toBeLessThan(2000)
})
