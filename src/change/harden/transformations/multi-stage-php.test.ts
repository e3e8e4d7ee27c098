import assert from 'node:assert/strict'
import { test } from 'vitest'
import { untilStill } from '../../../../test/harden-still.ts'
import split from './multi-stage-php.ts'

const still = (dockerfile: string): ReturnType<typeof untilStill> =>
  untilStill(split, {
    dockerfile,
    context: { 'composer.json': '{}', 'index.php': '' },
    stacks: [{ name: 'php', manifests: ['composer.json'] }],
  })

test('extensions, their libraries, the server’s settings and the program go on; Composer and headers stay', async () => {
  const before = `FROM php:8.3-apache-bookworm
# libraries
RUN apt-get update && apt-get install -y git unzip libzip-dev libpng-dev
RUN docker-php-ext-configure gd && docker-php-ext-install gd zip pdo_mysql && pecl install redis && docker-php-ext-enable redis
RUN a2enmod rewrite && mv "$PHP_INI_DIR/php.ini-production" "$PHP_INI_DIR/php.ini"
COPY --from=composer:2 /usr/bin/composer /usr/bin/composer
ENV COMPOSER_ALLOW_SUPERUSER=1
WORKDIR /var/www/html
COPY . .
RUN composer install --no-dev
RUN chown -R www-data:www-data /var/www/html/storage
EXPOSE 80
`
  const after = `FROM php:8.3-apache-bookworm AS build
# libraries
RUN apt-get update && apt-get install -y git unzip libzip-dev libpng-dev
RUN docker-php-ext-configure gd && docker-php-ext-install gd zip pdo_mysql && pecl install redis && docker-php-ext-enable redis
RUN a2enmod rewrite && mv "$PHP_INI_DIR/php.ini-production" "$PHP_INI_DIR/php.ini"
COPY --from=composer:2 /usr/bin/composer /usr/bin/composer
ENV COMPOSER_ALLOW_SUPERUSER=1
WORKDIR /var/www/html
COPY . .
RUN composer install --no-dev
RUN chown -R www-data:www-data /var/www/html/storage

FROM php:8.3-apache-bookworm
RUN apt-get update \\
    && apt-get install -y --no-install-recommends libzip4 libpng16-16 \\
    && rm -rf /var/lib/apt/lists/*
WORKDIR /var/www/html
COPY --from=build /etc/apache2 /etc/apache2
COPY --from=build /usr/local/etc/php /usr/local/etc/php
COPY --from=build /usr/local/lib/php/extensions /usr/local/lib/php/extensions
COPY --from=build /var/www/html /var/www/html
EXPOSE 80
`
  const { text, left } = await still(before)
  assert.equal(text, after, left?.leftOut)
  assert.equal((await still(after)).text, after)
})

test('small keywords, CRLF, Alpine, and a user that is in force', async () => {
  const { text, left } = await still(
    'from php:8.3-cli-alpine\r\nworkdir /app\r\nrun curl -sS https://getcomposer.org/installer | php -- --install-dir=/usr/local/bin --filename=composer\r\ncopy . .\r\nrun composer install\r\nuser nobody\r\ncmd ["php", "index.php"]\r\n',
  )
  assert.equal(
    text,
    'from php:8.3-cli-alpine as build\r\nworkdir /app\r\nrun curl -sS https://getcomposer.org/installer | php -- --install-dir=/usr/local/bin --filename=composer\r\ncopy . .\r\nrun composer install\r\n\r\nfrom php:8.3-cli-alpine\r\nworkdir /app\r\ncopy --from=build /app /app\r\nuser nobody\r\ncmd ["php", "index.php"]\r\n',
    left?.leftOut,
  )
})

test('the same image keeps its digest and its variable', async () => {
  for (const name of [`php:8.3-fpm@sha256:${'a'.repeat(64)}`, 'php:${PHP}-fpm']) {
    const { text } = await still(`ARG PHP=8.3\nFROM ${name}\nWORKDIR /app\nCOPY . .\nRUN composer install\n`)
    assert.ok(text.includes(`\n\nFROM ${name}\n`), text)
  }
})

test.each([
  ['RUN apt-get update && apt-get install -y libzip-dev\nRUN composer install\n', /which library of `libzip-dev`/],
  ['RUN composer install\nCMD composer start\n', /`composer` is started/],
  ['RUN install-php-extensions gd && composer install\n', /`install-php-extensions` leaves/],
])('it is left out: %j', async (rest, reason) => {
  const dockerfile = `FROM php:8.3-fpm\nWORKDIR /app\nCOPY . .\n${rest}`
  const { text, left } = await still(dockerfile)
  assert.equal(text, dockerfile)
  assert.match(left?.leftOut ?? '', reason)
})

test('nothing to do where neither Composer nor headers stay', async () => {
  const dockerfile = 'FROM php:8.3-fpm\nRUN docker-php-ext-install pdo_mysql\nCOPY . /var/www/html\n'
  const { text, left } = await still(dockerfile)
  assert.equal(text, dockerfile)
  assert.equal(left, undefined)
})
