import assert from 'node:assert/strict'
import { test } from 'vitest'
import { untilStill } from '../../../../test/harden-still.ts'
import runtime from './java-runtime.ts'

test.each([
  ['eclipse-temurin:17', 'eclipse-temurin:17-jre'],
  ['eclipse-temurin:21-jdk-alpine', 'eclipse-temurin:21-jre-alpine'],
  ['eclipse-temurin:17.0.8_7-jdk-jammy', 'eclipse-temurin:17.0.8_7-jre-jammy'],
  ['docker.io/library/eclipse-temurin:17-jdk', 'docker.io/library/eclipse-temurin:17-jre'],
])('%s → %s', async (from, to) => {
  const of = (name: string): string =>
    `FROM maven:3-eclipse-temurin-17 AS build\nRUN mvn package\n\n# small\nFROM ${name}\nRUN apk add tini && mkdir /data\nCOPY --from=build /a.jar /a.jar\nENTRYPOINT exec java -jar /a.jar\n`
  const { text } = await untilStill(runtime, { dockerfile: of(from) })
  assert.equal(text, of(to))
})

test('what compiles, starts other tools, or has no runtime stays', async () => {
  for (const dockerfile of [
    'FROM eclipse-temurin:17\nCOPY . .\nRUN javac A.java\nCMD ["java", "A"]\n',
    'FROM eclipse-temurin:17\nCOPY . .\nRUN ./mvnw package\nCMD ["java", "-jar", "a.jar"]\n',
    'FROM eclipse-temurin:17\nCOPY . .\nHEALTHCHECK CMD jcmd 1 VM.version\nCMD ["java", "-jar", "a.jar"]\n',
    'FROM eclipse-temurin:17\nCOPY . .\n',
    'FROM eclipse-temurin:17-jre\nCMD ["java", "-jar", "a.jar"]\n',
    'FROM amazoncorretto:17\nCMD ["java", "-jar", "a.jar"]\n',
  ])
    assert.equal((await untilStill(runtime, { dockerfile })).text, dockerfile)
})
