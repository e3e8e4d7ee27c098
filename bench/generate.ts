/** Varied, realistic Dockerfiles from a seed: what the bench judges when it is given no folder. The same seed gives the same files. */

/** A linear congruential generator (Numerical Recipes), from 0 to 1. */
export const generator = (seed: number): (() => number) => {
  let state = seed >>> 0
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
}

const bases = [
  'node:22-slim',
  'python:3.12',
  'debian:12',
  'alpine:3.20',
  'ubuntu:24.04',
  'golang:1.23',
  'nginx',
  'eclipse-temurin:21-jre',
  'php:8.3-fpm',
  'ruby:3.3',
]
const packages = [
  'curl',
  'git',
  'ca-certificates',
  'build-essential',
  'libpq-dev',
  'unzip',
  'jq',
  'gnupg',
  'openssl',
  'vim',
  'make',
  'python3-pip',
]

export const generateDockerfile = (seed: number): string => {
  const random = generator(seed + 1)
  const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)]!
  const some = (max: number): string[] => Array.from({ length: 1 + Math.floor(random() * max) }, () => pick(packages))
  const lines: string[] = random() < 0.3 ? ['# syntax=docker/dockerfile:1', ''] : []
  if (random() < 0.4) lines.push('ARG VERSION=1.2.3')
  const stages = random() < 0.35 ? 2 : 1
  for (let stage = 0; stage < stages; stage++) {
    lines.push(`FROM ${pick(bases)}${stages === 2 && stage === 0 ? ' AS build' : ''}`, '')
    if (random() < 0.5)
      lines.push(
        'LABEL org.opencontainers.image.source="https://example.org/app" \\',
        '      org.opencontainers.image.version=$VERSION',
      )
    if (random() < 0.7)
      lines.push(
        `RUN apt-get update && apt-get install ${random() < 0.8 ? '-y ' : ''}${random() < 0.4 ? '--no-install-recommends ' : ''}\\`,
        ...some(8).map(name => `    ${name} \\`),
        '    && rm -rf /var/lib/apt/lists/*',
      )
    if (random() < 0.4) lines.push(`ENV APP_HOME=/srv/app \\`, '    PATH=/srv/app/bin:$PATH', 'WORKDIR $APP_HOME')
    for (let i = Math.floor(random() * 6); i > 0; i--) {
      lines.push(
        pick([
          'COPY package.json package-lock.json ./',
          'RUN npm ci --omit=dev',
          'RUN set -eux; \\\n\tsavedAptMark="$(apt-mark showmanual)"; \\\n\tif [ -n "$X" ]; then \\\n\t\tcurl -fsSL "https://example.org/$VERSION.tgz" | tar -xz -C /opt; \\\n\tfi',
          'RUN pip install --no-cache-dir -r requirements.txt',
          'RUN <<EOF\nset -e\nmkdir -p /data\nchown 1000:1000 /data\nEOF',
          'COPY . .',
          'RUN useradd --uid 10001 app && chmod -R g=u /srv',
          'EXPOSE 8080/tcp 9090',
          'RUN --mount=type=cache,target=/root/.cache go build -o /out/app ./cmd/app',
          '# a comment that explains the next line\nVOLUME ["/data"]',
        ]),
      )
    }
  }
  if (stages === 2) lines.push('COPY --from=build /out/app /usr/local/bin/app')
  if (random() < 0.4) lines.push('USER 10001')
  lines.push(
    pick([
      'CMD ["app"]',
      'ENTRYPOINT ["docker-entrypoint.sh"]',
      'CMD npm start',
      'HEALTHCHECK --interval=30s CMD curl -f http://localhost:8080/ || exit 1\nCMD ["nginx", "-g", "daemon off;"]',
    ]),
  )
  return `${lines.join('\n')}\n`
}
