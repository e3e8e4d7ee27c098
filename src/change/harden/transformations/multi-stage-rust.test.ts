import assert from 'node:assert/strict'
import { test } from 'vitest'
import { type Given, untilStill } from '../../../../test/harden-still.ts'
import split from './multi-stage-rust.ts'

const context = { 'Cargo.toml': '', 'Cargo.lock': '', 'src/main.rs': '' }
const still = (dockerfile: string, more: Omit<Given, 'dockerfile'> = {}): ReturnType<typeof untilStill> =>
  untilStill(split, { dockerfile, context, stacks: [{ name: 'rust' }], ...more })

const becomes = async (before: string, after: string, more: Omit<Given, 'dockerfile'> = {}): Promise<void> => {
  const { text, left } = await still(before, more)
  assert.equal(text, after)
  assert.equal(left, undefined)
  assert.equal((await still(after, more)).text, after, 'twice changes nothing')
}

test('the binary keeps its path; libraries by the crates, files that are read, settings of run time', async () => {
  await becomes(
    'FROM rust:1.90-bookworm\nWORKDIR /usr/src/app\nENV CARGO_TERM_COLOR=always\nENV RUST_LOG=info\nCOPY . .\nRUN cargo build --release\nEXPOSE 8080\nCMD ["./target/release/app"]\n',
    'FROM rust:1.90-bookworm AS build\nWORKDIR /usr/src/app\nENV CARGO_TERM_COLOR=always\nENV RUST_LOG=info\nCOPY . .\nRUN cargo build --release\n\nFROM debian:bookworm-slim\nRUN apt-get update \\\n    && apt-get install -y --no-install-recommends ca-certificates libssl3 \\\n    && rm -rf /var/lib/apt/lists/*\nWORKDIR /usr/src/app\nENV RUST_LOG=info\nCOPY --from=build /usr/src/app/target/release/app /usr/src/app/target/release/app\nCOPY --from=build /usr/src/app/templates /usr/src/app/templates\nEXPOSE 8080\nCMD ["./target/release/app"]\n',
    {
      context: { ...context, 'templates/a.html': '', 'tests/a.json': '' },
      stacks: [{ name: 'rust', native: [{ name: 'openssl-sys', by: 'Cargo.lock', why: 'OpenSSL' }] }],
    },
  )
})

test('cargo install, cp and Alpine', async () => {
  const { text } = await still('FROM rust:1.90\nWORKDIR /src\nCOPY . .\nRUN cargo install --path .\nCMD ["app"]\n')
  assert.match(
    text,
    /\nFROM debian:trixie-slim\n(?:.*\n)*COPY --from=build \/usr\/local\/cargo\/bin\/app \/usr\/local\/bin\/app\nCMD \["app"\]\n$/,
  )
  const copied = await still(
    'FROM rust:1.90-alpine\nWORKDIR /src\nCOPY . .\nRUN cargo build --release && cp target/release/app /usr/local/bin/app\nENTRYPOINT ["app"]\n',
  )
  assert.match(
    copied.text,
    /\nFROM alpine:3\.24\n(?:.*\n)*COPY --from=build \/usr\/local\/bin\/app \/usr\/local\/bin\/app\nENTRYPOINT \["app"\]\n$/,
  )
})

test('what cannot be told is left out, and said', async () => {
  const head = 'FROM rust:1.90\nWORKDIR /src\nCOPY . .\n'
  for (const [rest, reason] of [
    ['CMD ["cargo", "run", "--release"]\n', /at each start/],
    ['RUN cargo build --release\nCMD ["./app"]\n', /where `\.\/app` is built/],
    ['RUN cargo build --release\nRUN ./after.sh\nCMD ["./target/release/app"]\n', /after\.sh/],
  ] as const) {
    const { text, left } = await still(head + rest)
    assert.equal(text, head + rest)
    assert.match(left?.leftOut ?? '', reason)
  }
})
