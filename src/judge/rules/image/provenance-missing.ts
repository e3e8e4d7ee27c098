import { advice, imageRule, inConfig } from '../../image-rule.ts'

const labels = ['org.opencontainers.image.source', 'org.opencontainers.image.revision'] as const

export default imageRule({
  on: 'image',
  severity: 'info',
  since: '0.1.0',
  profile: 'default',
  summary: 'The image does not say from which source it was built',
  why: 'When a vulnerability is found in a running container, somebody has to find the Dockerfile and the commit that it came from. Labels of the OCI specification say so in the image itself, and tools that propose fixes and updates read them.',
  examples: [
    {
      bad: '{ "config": { "labels": {} } }',
      good: '{ "config": { "labels": { "org.opencontainers.image.source": "https://git.example/a", "org.opencontainers.image.revision": "5f1c9a0" } } }',
    },
  ],
  links: ['https://github.com/opencontainers/image-spec/blob/main/annotations.md'],
  fixes: 'manual',
  *check({ config }) {
    if (!config) return
    const missing = labels.filter(name => (config.labels[name] ?? '').trim() === '')
    if (missing.length === 0) return
    yield {
      at: inConfig('labels'),
      message: `the image says nothing in ${missing.map(name => `\`${name}\``).join(' and ')}`,
      fix: advice(`Set them when the image is built: docker build ${missing.map(name => `--label ${name}=…`).join(' ')}`),
    }
  },
})
