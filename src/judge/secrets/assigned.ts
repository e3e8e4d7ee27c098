/** Credentials without a shape of their own: they are known by the name of the variable, option or field that they are given to. */
import { entropy } from './detector.ts'

/**
 * `NAME=`, `name: "`, `"name": "`, the same in a string of JSON, `NAME => '`, `ENV NAME value`, and a container's `name: NAME` followed by
 * `value:` in YAML or JSON.
 */
const between = String.raw`["'\\]{0,3}(?:\s{0,4}[=:]>?|,?\s{1,20}["']?value["']?:|\s)\s{0,4}["'\\]{0,3}`

/**
 * Names and the shape of the value, both as sources of patterns without unbounded quantifiers → the pattern of a detector. Letters match in
 * both cases.
 */
export const assigned = (names: string, value: string): RegExp =>
  new RegExp(`(?:${names})${between}(?<secret>${value})(?![A-Za-z0-9_/+-])`, 'gi')

/** Whether a machine could have drawn it: no word, no run of one character, no `0123456`. */
export const looksRandom = (value: string): boolean =>
  entropy(value) > 2.8 && /\d/.test(value) && /[a-z]/i.test(value) && !/(.)\1{5}|0123456|1234567|abcdefg|qwerty/i.test(value)

export const uuid = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}'
const digits = '0123456789abcdef'

/** A UUID for samples, which differs for each seed. */
export const sampleUuid = (seed: number): string => {
  let state = seed * 7919
  return 'xxxxxxxx-xxxx-4xxx-8xxx-xxxxxxxxxxxx'.replaceAll('x', () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return digits[state >>> 28]!
  })
}
