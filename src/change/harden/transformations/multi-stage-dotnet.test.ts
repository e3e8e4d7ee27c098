import assert from 'node:assert/strict'
import { test } from 'vitest'
import { untilStill } from '../../../../test/harden-still.ts'
import split from './multi-stage-dotnet.ts'

const still = (dockerfile: string): ReturnType<typeof untilStill> =>
  untilStill(split, {
    dockerfile,
    context: { 'Shop.csproj': '', 'Program.cs': '' },
    stacks: [{ name: 'dotnet', manifests: ['Shop.csproj'] }],
  })

test('what was published goes on to the runtime of the same version', async () => {
  const before = `FROM mcr.microsoft.com/dotnet/sdk:8.0.404-alpine
# talk
LABEL team=shop
ENV DOTNET_CLI_TELEMETRY_OPTOUT=1 \\
    NUGET_XMLDOC_MODE=skip
WORKDIR /src
COPY *.csproj ./
RUN dotnet restore
COPY . .
RUN <<EOF
dotnet publish -c Release -o /app --no-restore
EOF
WORKDIR /app
ENV ASPNETCORE_URLS=http://+:5000
ENTRYPOINT ["dotnet", "Shop.dll"]
`
  const after = `FROM mcr.microsoft.com/dotnet/sdk:8.0.404-alpine AS build
ENV DOTNET_CLI_TELEMETRY_OPTOUT=1 \\
    NUGET_XMLDOC_MODE=skip
WORKDIR /src
COPY *.csproj ./
RUN dotnet restore
COPY . .
RUN <<EOF
dotnet publish -c Release -o /app --no-restore
EOF

FROM mcr.microsoft.com/dotnet/aspnet:8.0-alpine
# talk
LABEL team=shop
WORKDIR /src
COPY --from=build /app /app
WORKDIR /app
ENV ASPNETCORE_URLS=http://+:5000
ENTRYPOINT ["dotnet", "Shop.dll"]
`
  const { text, left } = await still(before)
  assert.equal(text, after, left?.leftOut)
  assert.equal((await still(after)).text, after)
})

test('small keywords, CRLF, the folder that is usual, a shell', async () => {
  const { text, left } = await still(
    'from mcr.microsoft.com/dotnet/sdk:9.0\r\nworkdir /src\r\ncopy . .\r\nrun dotnet publish -c Release\r\ncmd dotnet bin/Release/net9.0/publish/Shop.dll\r\n',
  )
  assert.equal(
    text,
    'from mcr.microsoft.com/dotnet/sdk:9.0 as build\r\nworkdir /src\r\ncopy . .\r\nrun dotnet publish -c Release\r\n\r\nfrom mcr.microsoft.com/dotnet/aspnet:9.0\r\nworkdir /src\r\ncopy --from=build /src/bin/Release/net9.0/publish /src/bin/Release/net9.0/publish\r\ncmd dotnet bin/Release/net9.0/publish/Shop.dll\r\n',
    left?.leftOut,
  )
})

test.each([
  ['RUN dotnet publish -o out\nCMD ["dotnet", "run"]\n', /compiled anew/],
  ['RUN dotnet publish -o out\nCMD ["dotnet", "other/Shop.dll"]\n', /where \/src\/other\/Shop\.dll is built/],
  ['RUN dotnet publish -o out\nENTRYPOINT ["dotnet", "ef"]\n', /which file starts/],
  ['RUN dotnet publish -o out && make install\nCMD ["dotnet", "out/Shop.dll"]\n', /`make install` leaves/],
])('it is left out: %j', async (rest, reason) => {
  const dockerfile = `FROM mcr.microsoft.com/dotnet/sdk:8.0\nWORKDIR /src\nCOPY . .\n${rest}`
  const { text, left } = await still(dockerfile)
  assert.equal(text, dockerfile)
  assert.match(left?.leftOut ?? '', reason)
})
