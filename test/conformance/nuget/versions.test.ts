import { expect, test } from 'vitest'
import nuget from '../../../src/judge/versions/nuget.ts'
import { published } from '../published.ts'

test('published.json', () => {
  expect(published(nuget.compare, new URL('published.json', import.meta.url))).toEqual({
    cases: {
      'test/NuGet.Core.Tests/NuGet.Versioning.Test/VersionComparerTests.cs': 29,
      'test/NuGet.Core.Tests/NuGet.Versioning.Test/NuGetVersionTest.cs': 152,
      'test/NuGet.Core.Tests/NuGet.Versioning.Test/SemanticVersionTests.cs': 18,
    },
    differences: [
      // NuGet's test compares the two texts here, not the versions.
      '"1.0.0-BETA+AA" and "1.0.0-beta": different, ours 0',
    ],
  })
})
