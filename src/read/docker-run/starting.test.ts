import { expect, test } from 'vitest'
import { startingOf } from './starting.ts'

const words = (text: string): readonly string[] => text.match(/'[^']*'|\S+/g)!.map(word => word.replace(/^'|'$/g, ''))

test.each([
  ['docker run alpine:3', 'container'],
  ['docker --context x container create alpine:3', 'container'],
  ['sudo -u root podman run alpine:3', 'container'],
  ['docker exec --privileged web sh', 'container'],
  ['docker ps', 'nothing'],
  ['docker start web', 'nothing'],
  ['docker pull alpine:3', 'nothing'],
  ['docker build .', 'nothing'],
  ['docker compose ps', 'nothing'],
  ['docker compose down', 'nothing'],
  ['docker stack ls', 'nothing'],
  ['docker volume create data', 'nothing'],
  ['echo docker run', 'nothing'],
  ['kubectl get pods', 'nothing'],
  ['docker compose up -d', 'files'],
  ['docker -H tcp://x compose -p a -f b.yaml --profile c up', 'files'],
  ['docker-compose run web', 'files'],
  ['env A=b docker compose start', 'files'],
  ['docker stack deploy -c c.yaml s', 'files'],
  ['podman kube play p.yaml', 'files'],
  ['podman play kube --network host p.yaml', 'files'],
  ['kubectl -n x apply -f a.yaml', 'files'],
  ["sh -c 'docker run --privileged x'", 'script'],
  ["sudo bash -euc 'docker run x'", 'script'],
  ['docker service create nginx', 'unjudged'],
  ['docker service update --cap-add ALL web', 'unjudged'],
  ['docker buildx build --allow security.insecure .', 'unjudged'],
  ['docker build --allow=network.host .', 'unjudged'],
  ['podman pod create --pid host', 'unjudged'],
  ['docker volume create -o device=/ -o o=bind x', 'unjudged'],
  ['docker plugin install --grant-all-permissions x', 'unjudged'],
  ['docker compose run --cap-add ALL web', 'unjudged'],
  ['docker compose run -v /:/host web', 'unjudged'],
  ['docker compose run -itv/:/host web', 'unjudged'],
  ['kubectl run x --image=y', 'unjudged'],
  ['kubectl apply -f https://example.com/a.yaml', 'unjudged'],
])('%s', (command, starts) => {
  expect(startingOf(words(command)).starts).toBe(starts)
})

test('the files are those that the command names', () => {
  expect(startingOf(words('docker compose -f a.yaml --file=b.yaml -fc.yaml up -d'))).toMatchObject({
    paths: ['a.yaml', 'b.yaml', 'c.yaml'],
  })
  expect(startingOf(words('docker compose --project-directory d up'))).toMatchObject({ paths: [], folder: 'd' })
  expect(startingOf(words('podman kube play --log-driver none p.yaml q.yaml'))).toMatchObject({ paths: ['p.yaml', 'q.yaml'] })
  expect(startingOf(words('kubectl apply -f a.yaml,b.yaml -f c'))).toMatchObject({ paths: ['a.yaml', 'b.yaml', 'c'] })
})
