import assert from 'node:assert/strict'
import { test } from 'vitest'
import { type Given, untilStill } from '../../../../test/harden-still.ts'
import split from './multi-stage-ruby.ts'

const still = (
  dockerfile: string,
  names: readonly string[],
  more: Omit<Given, 'dockerfile'> = {},
): ReturnType<typeof untilStill> =>
  untilStill(split, {
    dockerfile,
    stacks: [{ name: 'ruby', manifests: ['Gemfile', 'Gemfile.lock'], dependencies: new Set(names) }],
    ...more,
  })

test('the gems and what they load go on to the slim image', async () => {
  const before = `FROM ruby:3.3-bookworm
# tools
RUN apt-get update -qq && apt-get install -y build-essential libpq-dev nodejs imagemagick
WORKDIR /app
COPY Gemfile Gemfile.lock ./
RUN gem install bundler && bundle install --jobs 4
COPY . .
EXPOSE 3000
CMD ["bundle", "exec", "puma", "-C", "config/puma.rb"]
`
  const after = `FROM ruby:3.3-bookworm AS build
# tools
RUN apt-get update -qq && apt-get install -y build-essential libpq-dev nodejs imagemagick
WORKDIR /app
COPY Gemfile Gemfile.lock ./
RUN gem install bundler && bundle install --jobs 4

FROM ruby:3.3-slim-bookworm
RUN apt-get update \\
    && apt-get install -y --no-install-recommends libpq5 imagemagick tzdata \\
    && rm -rf /var/lib/apt/lists/*
WORKDIR /app
COPY --from=build /usr/local/bundle /usr/local/bundle
COPY . .
EXPOSE 3000
CMD ["bundle", "exec", "puma", "-C", "config/puma.rb"]
`
  const { text, left } = await still(before, ['rails', 'pg', 'puma'])
  assert.equal(text, after, left?.leftOut)
  assert.equal((await still(after, ['rails', 'pg', 'puma'])).text, after)
})

test('small keywords and CRLF; a folder of gems of its own; what was built with the sources', async () => {
  const { text, left } = await still(
    'from ruby:3.3\r\nworkdir /srv/app\r\nenv BUNDLE_PATH=/gems\r\ncopy . .\r\nrun bundle install && bundle exec rake assets:precompile\r\ncmd bundle exec rackup\r\n',
    ['sinatra', 'uglifier'],
  )
  assert.equal(
    text,
    'from ruby:3.3 as build\r\nworkdir /srv/app\r\nenv BUNDLE_PATH=/gems\r\ncopy . .\r\nrun bundle install && bundle exec rake assets:precompile\r\n\r\nfrom ruby:3.3-slim\r\nworkdir /srv/app\r\nenv BUNDLE_PATH=/gems\r\ncopy --from=build /usr/local/bundle /usr/local/bundle\r\ncopy --from=build /gems /gems\r\ncopy --from=build /srv/app /srv/app\r\ncmd bundle exec rackup\r\n',
    left?.leftOut,
  )
})

test.each([
  [['charlock_holmes'], 'RUN bundle install\nCMD ["puma"]\n', /charlock_holmes loads a library/],
  [['uglifier'], 'RUN bundle install\nCMD ["puma"]\n', /uglifier may run JavaScript/],
  [[], 'RUN useradd a\nUSER a\nRUN bundle install\nCMD ["puma"]\n', /runs as a/],
  [[], 'RUN bundle install && ./bin/setup\nCMD ["puma"]\n', /`setup` leaves/],
] as const)('it is left out: %j %j', async (names, rest, reason) => {
  const dockerfile = `FROM ruby:3.3\nWORKDIR /app\nCOPY . .\n${rest}`
  const { text, left } = await still(dockerfile, names)
  assert.equal(text, dockerfile)
  assert.match(left?.leftOut ?? '', reason)
})

test('on Alpine what was compiled keeps the runtime of its compiler', async () => {
  const { text } = await still(
    'FROM ruby:3.3-alpine\nRUN apk add --no-cache build-base postgresql-dev\nWORKDIR /app\nCOPY Gemfile* ./\nRUN bundle install\nCOPY . .\nCMD ["puma"]\n',
    ['puma'],
  )
  assert.match(text, /\n\nFROM ruby:3\.3-alpine\nRUN apk add --no-cache libpq libstdc\+\+\n/)
})

test('nothing to do: slim without compilers, other images', async () => {
  for (const dockerfile of [
    'FROM ruby:3.3-slim\nWORKDIR /app\nCOPY . .\nRUN bundle install\nCMD ["puma"]\n',
    'FROM debian:12\nRUN bundle install\n',
  ]) {
    const { text, left } = await still(dockerfile, [])
    assert.equal(text, dockerfile)
    assert.equal(left, undefined)
  }
})
