/** What of a container no output may show. */
import type { Container } from '../model/container.ts'
import { secretsOfConfigPair, secretsOfWords } from './secrets/image-secrets.ts'
import { isSecretName } from './secrets/secret-name.ts'
import { namesIn } from './secrets/worth.ts'

/** True for a variable or a label that is secret by its name, or by what it holds. */
export const holdsSecret = (name: string, value: string): boolean =>
  value !== '' && (isSecretName(name) || secretsOfConfigPair(name, value).hidden.length > 0)

/** Shorter ones are words like `yes`, which texts hold for other reasons. */
const shortest = 5

/** Whole values of variables and labels, and the secret parts of commands. The longest first, each once. */
export const secretValuesOf = ({ name, image, user, environment, labels, entrypoint, command }: Container): readonly string[] => {
  const values = new Set<string>()
  // `wordpress` is the password, and what the image and the container are called: those stay.
  const names = namesIn([name, image.value?.replace(/[:@].*$/, '') ?? '', user.value ?? ''])
  const add = (variable: string, value: string): void => {
    if (!names.has(value.toLowerCase()) && holdsSecret(variable, value)) values.add(value)
  }
  for (const { name: variable, value = '' } of environment) add(variable, value)
  for (const { value } of labels) add(value.name, value.value)
  for (const { value: words } of [entrypoint, command]) {
    if (!words || secretsOfWords(words).hidden.length === 0) continue
    const text = words.join(' ')
    for (const { start, end } of secretsOfWords(words).hidden) values.add(text.slice(start, end))
  }
  return [...values].filter(value => value.length >= shortest).sort((a, b) => b.length - a.length)
}
