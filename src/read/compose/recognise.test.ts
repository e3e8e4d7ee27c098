import { expect, test } from 'vitest'
import { looksLikeCompose } from './recognise.ts'

const services = 'services:\n  web:\n    image: nginx\n'

test('Compose files, by name or by what they say', () => {
  for (const path of [
    'compose.yaml',
    'a/docker-compose.yml',
    'docker-compose.prod.yml',
    'compose.override.yaml',
    'stack.yml',
    'C:\\x\\compose.yml',
  ])
    expect(looksLikeCompose(path, services), path).toBe(true)
  for (const text of [
    '# comment\nversion: "3"\nservices:\n\n  # comment\n  web:\n    build: .\n',
    'services: {web: {image: nginx}}\n',
    '"services":\n  web:\n    <<: *base\n',
    'x-a: &a\n  image: b\nservices:\n  c: *a\n  d:\n    privileged: true\n',
  ])
    expect(looksLikeCompose('stack.yml', text), text).toBe(true)
  expect(looksLikeCompose('compose.yaml', 'include: [a.yaml]\n')).toBe(true)
  expect(looksLikeCompose('compose.yaml', `\ufeff${services}`)).toBe(true)
  expect(looksLikeCompose('compose.yaml', '{\n  "services": {"web": {"image": "nginx"}}\n}\n')).toBe(true)
})

test('what has services too, and is none', () => {
  for (const [path, text] of [
    ['deploy.yaml', 'apiVersion: v1\nkind: Service\nservices:\n  a:\n    image: b\n'],
    ['.github/workflows/ci.yml', 'on: push\njobs:\n  a:\n    services:\n      db:\n        image: postgres\n'],
    ['ci.yml', 'jobs:\n  a:\n    services:\n      db:\n        image: postgres\n'],
    ['.gitlab-ci.yml', 'services:\n  - docker:dind\nbuild:\n  image: a\n'],
    ['config/services.yaml', 'services:\n  _defaults:\n    autowire: true\n  App\\:\n    resource: ../src\n'],
    ['.woodpecker.yml', 'steps:\n  a:\n    image: b\nservices:\n  db:\n    image: postgres\n'],
    ['compose.json', services],
    ['README.md', services],
    ['values.yaml', 'web:\n  services:\n    a:\n      image: b\n'],
    ['values.yaml', 'services:\n  enabled: true\nweb:\n  image: a\n'],
  ] as const)
    expect(looksLikeCompose(path, text), `${path}: ${text}`).toBe(false)
})
