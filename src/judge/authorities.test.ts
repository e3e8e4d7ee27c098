import { expect, test } from 'vitest'
import { languageIdentities } from './authorities.ts'

test("Go's modules are known in small letters, as package URLs have them", () => {
  const identities = ['Masterminds/goutils', 'masterminds/goutils'].map(name =>
    languageIdentities(`pkg:golang/github.com/${name}@v1.1.0`),
  )
  expect(identities.map(([one]) => one?.name)).toEqual(['github.com/masterminds/goutils', 'github.com/masterminds/goutils'])
})
