import { advice, imageRule, inConfig } from '../../image-rule.ts'

export default imageRule({
  on: 'image',
  severity: 'low',
  since: '0.1.0',
  profile: 'default',
  summary: 'The image is called `latest`',
  why: '`latest` is whatever was pushed last, not what is newest or tested. Two machines that run it may run different programs, a restart may bring another version, or one that an attacker pushed, and nobody can say later what ran, or go back to it.',
  examples: [
    { bad: '{ "name": "shop/app:latest" }', good: '{ "name": "shop/app:1.4.2" }' },
    { bad: '{ "name": "registry.example:5000/app" }', good: '{ "name": "registry.example:5000/app:1" }' },
  ],
  replaces: ['DKL-DI-0006'],
  links: ['https://docs.docker.com/build/building/best-practices/#pin-base-image-versions'],
  fixes: 'manual',
  *check({ name, config }) {
    if (!config || name === undefined || name.includes('@')) return
    const last = name.slice(name.lastIndexOf('/') + 1)
    const colon = last.indexOf(':')
    const tag = colon === -1 ? undefined : last.slice(colon + 1)
    if (tag !== undefined && tag !== 'latest') return
    yield {
      at: inConfig('name'),
      message: `\`${name}\` ${tag === undefined ? 'has no tag, which means `latest`' : 'is called `latest`'}: tomorrow it may be another image`,
      fix: advice('Give each build a tag of its own (a version, a commit), and run it by that tag or by its digest'),
    }
  },
})
