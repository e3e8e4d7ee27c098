import { describe, expect, test } from 'vitest'
import { instructionLines, instructionText, instructionTexts } from './instruction-text.ts'

/** As Docker 20.10's classic builder, BuildKit and Buildah 1.28 write them, and older versions of these. */
describe('an instruction is shown as a Dockerfile has it', () => {
  test.each([
    ['/bin/sh -c #(nop)  CMD ["bash"]', 'CMD ["bash"]'],
    ['/bin/sh -c #(nop)  ENTRYPOINT ["/bin/sh" "-c" "say \\"a\\tb\\""]', 'ENTRYPOINT ["/bin/sh", "-c", "say \\"a\\tb\\""]'],
    ['ENTRYPOINT &{["/bin/sh" "-c" "exec x"]}', 'ENTRYPOINT ["/bin/sh", "-c", "exec x"]'],
    ['/bin/sh -c #(nop) ENTRYPOINT ["/bin/sh", "-c"]', 'ENTRYPOINT ["/bin/sh", "-c"]'],
    ['CMD ["\\u200bx"]', 'CMD ["\u200bx"]'],
    ['CMD ["unfinished', 'CMD ["unfinished'],
    ['/bin/bash -o pipefail -c #(nop)  ENV A=b', 'ENV A=b'],
    ['cmd /S /C #(nop)  ENV A=b', 'ENV A=b'],
    ['/bin/sh -c #(nop) COPY file:913fcb in /f1 ', 'COPY file:913fcb in /f1'],
    ['/bin/sh -c apt-get update', 'RUN apt-get update'],
    ['|0 /bin/sh -c echo', 'RUN echo'],
    ['|2 A=aa B=two /bin/sh -ec echo $A;     echo second', 'RUN echo $A;     echo second'],
    ['|1 A=b c=d /bin/sh -c echo', 'RUN echo'],
    ['|2 A=b B=/bin/sh -c x /bin/sh -c echo $A', 'RUN echo $A'],
    ['RUN |1 A=b /bin/bash -eo pipefail -c echo # buildkit', 'RUN echo'],
    ['RUN |1 A=two words /bin/sh -c echo # buildkit', 'RUN echo'],
    ['RUN /bin/bash -euxo pipefail -c echo # buildkit', 'RUN echo'],
    ['RUN /bin/bash --login -c echo # buildkit', 'RUN echo'],
    ['RUN /usr/bin/env bash -c echo # buildkit', 'RUN echo'],
    ['RUN |2 A=aa B=two /bin/echo a b # buildkit', 'RUN /bin/echo a b'],
    // Where the second value ends nobody can tell.
    ['RUN |2 A=a a B=two /bin/echo a b # buildkit', 'RUN |2 A=a a B=two /bin/echo a b'],
    // The shell is one of the command's own words.
    ['RUN |1 A=b env /bin/bash -c x # buildkit', 'RUN env /bin/bash -c x'],
    ['RUN /bin/sh -c # buildkit # buildkit', 'RUN # buildkit'],
    ['RUN cmd /S /C dir # buildkit', 'RUN dir'],
    ["RUN powershell -Command $ErrorActionPreference = 'Stop'; x # buildkit", "RUN $ErrorActionPreference = 'Stop'; x"],
    ['RUN /bin/sh -c set -e\necho  hi\n # buildkit', 'RUN set -e\necho  hi'],
    ['EXPOSE map[443/tcp:{} 80/tcp:{}]', 'EXPOSE 443/tcp 80/tcp'],
    ['EXPOSE [80/tcp 443/tcp]', 'EXPOSE 80/tcp 443/tcp'],
    ['VOLUME map[/data:{}]', 'VOLUME /data'],
    ['VOLUME [/x /y]', 'VOLUME /x /y'],
    ['/bin/sh -c #(nop) VOLUME ["/x", "/y z"]', 'VOLUME ["/x", "/y z"]'],
    ['/bin/sh -ec #(nop)  SHELL [/bin/sh -ec]', 'SHELL ["/bin/sh", "-ec"]'],
    ['/bin/sh -c #(nop) SHELL ["/bin/sh", "-ec"]', 'SHELL ["/bin/sh", "-ec"]'],
    [
      'HEALTHCHECK &{["CMD-SHELL" "wget -q \\"http://x/\\" || exit 1"] "5m0s" "3s" "1m0s" \'\\x02\'}',
      'HEALTHCHECK --interval=5m --timeout=3s --start-period=1m --retries=2 CMD wget -q "http://x/" || exit 1',
    ],
    [
      'HEALTHCHECK &{["CMD" "/bin/wget" "a b"] "1h0m0s" "0s" "0s" "500ms" \'\\n\'}',
      'HEALTHCHECK --interval=1h --start-interval=500ms --retries=10 CMD ["/bin/wget", "a b"]',
    ],
    ['HEALTHCHECK &{["CMD" "x"] "0s" "0s" "0s" \'d\'}', 'HEALTHCHECK --retries=100 CMD ["x"]'],
    ['HEALTHCHECK &{["CMD" "x"] "0s" "0s" "0s" \'È\'}', 'HEALTHCHECK --retries=200 CMD ["x"]'],
    ['HEALTHCHECK &{["NONE"] "0s" "0s" "0s" "0s" \'\\x00\'}', 'HEALTHCHECK NONE'],
    [
      '/bin/sh -c #(nop) HEALTHCHECK --interval=1s CMD ["/bin/wget", "a b"]',
      'HEALTHCHECK --interval=1s CMD ["/bin/wget", "a b"]',
    ],
    ['|1 B=two /bin/sh -c ["/bin/echo", "a b"]', 'RUN ["/bin/echo", "a b"]'],
    ['bazel build ...', 'bazel build ...'],
    ['/bin/sh', '/bin/sh'],
    ['', ''],
  ])('%j', (createdBy, text) => {
    expect(instructionText(createdBy)).toBe(text)
  })
})

test('what SHELL said is taken off the steps behind it', () => {
  const told = (...steps: readonly string[]) => instructionTexts(steps.map(createdBy => ({ createdBy })))
  expect(
    told(
      '/opt/odd -x #(nop)  SHELL [/opt/odd -x]',
      '|1 A=two words /opt/odd -x echo hi',
      '/opt/odd -x #(nop)  USER ann',
      '/opt/odd -x echo ho',
    ),
  ).toEqual(['SHELL ["/opt/odd", "-x"]', 'RUN echo hi', 'USER ann', 'RUN echo ho'])
  expect(told('SHELL [/opt/odd -x]', 'RUN /opt/odd -x echo hi # buildkit', 'RUN /bin/other y # buildkit')).toEqual([
    'SHELL ["/opt/odd", "-x"]',
    'RUN echo hi',
    'RUN /bin/other y',
  ])
})

test('lines are what line breaks and the blanks behind them made', () => {
  expect(instructionLines('RUN set -e\n  echo hi\r\nEOF')).toEqual(['RUN set -e', '  echo hi', 'EOF'])
  expect(instructionLines('RUN echo $A;     echo "a  b" \\   x &&\t\tb')).toEqual([
    'RUN echo $A;',
    '    echo "a  b" \\ ',
    '    x &&',
    '    b',
  ])
  expect(instructionLines('ENV A=a  b')).toEqual(['ENV A=a  b'])
})

test('a history made to take long takes no longer than its length', () => {
  const time = (text: string): number => {
    const start = performance.now()
    instructionText(text)
    instructionLines(instructionText(text))
    return performance.now() - start
  }
  for (const unit of [' ', 'a=b ', '/bin/sh -c ', '/a', '"\\', 'cmd /S ', '-o pipefail '])
    for (const head of ['RUN ', '|9 ', 'RUN |3 ', 'HEALTHCHECK &{["', '/bin/sh ', 'EXPOSE map['])
      expect(time(head + unit.repeat(200_000)), head + unit).toBeLessThan(3000)
})
