import { advice, counted, imageRule, listed, placesOf } from '../../image-rule.ts'

export default imageRule({
  on: 'image',
  severity: 'low',
  since: '0.1.0',
  profile: 'default',
  summary: 'Caches of package managers are in the image',
  why: 'Nobody reads them any more. They make every pull slower, and they tell whoever has the image which mirrors, versions and private packages the build used: npm’s and pip’s caches have whole packages, also those that were removed again.',
  examples: [
    {
      bad: '{ "census": { "caches": [{ "path": "/var/lib/apt/lists", "kind": "apt", "files": 12, "bytes": 9000000 }] } }',
      good: '{ "census": { "caches": [] } }',
    },
  ],
  replaces: ['DKL-DI-0004', 'DKL-DI-0005', 'DKL-LI-0003'],
  links: ['https://docs.docker.com/build/cache/optimize/#use-cache-mounts'],
  fixes: 'manual',
  *check({ census: { caches } }) {
    if (caches.count === 0) return
    const bytes = caches.items.reduce((sum, one) => sum + one.bytes, 0)
    yield {
      ...placesOf(caches),
      message: `${bytes < 1e6 ? `${Math.ceil(bytes / 1e3)} kB` : `${(bytes / 1e6).toFixed(1)} MB`} of caches are in the image: ${listed(caches, ({ path, files }) => `\`${path}\` (${counted(files, 'file')})`)}`,
      fix: advice(
        'Use a cache mount (RUN --mount=type=cache), or delete in the same RUN: rm -rf /var/lib/apt/lists/*, apk add --no-cache, dnf clean all, pip --no-cache-dir, npm cache clean --force',
      ),
    }
  },
})
