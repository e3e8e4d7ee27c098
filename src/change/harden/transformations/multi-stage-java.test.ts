import assert from 'node:assert/strict'
import { test } from 'vitest'
import { type Given, untilStill } from '../../../../test/harden-still.ts'
import split from './multi-stage-java.ts'

const shaded = {
  'pom.xml': '<project><dependency/><artifactId>maven-shade-plugin</artifactId></project>',
  'src/main/java/A.java': '',
}
const still = (dockerfile: string, more: Omit<Given, 'dockerfile'> = {}): ReturnType<typeof untilStill> =>
  untilStill(split, { dockerfile, context: shaded, stacks: [{ name: 'java', manifests: ['pom.xml'] }], ...more })

const becomes = async (before: string, after: string, more: Omit<Given, 'dockerfile'> = {}): Promise<void> => {
  const { text, left } = await still(before, more)
  assert.equal(text, after, left?.leftOut)
  assert.equal(left, undefined)
  assert.equal((await still(after, more)).text, after, 'twice changes nothing')
}

const stays = async (dockerfile: string, reason: RegExp | undefined, more: Omit<Given, 'dockerfile'> = {}): Promise<void> => {
  const { text, left } = await still(dockerfile, more)
  assert.equal(text, dockerfile)
  if (reason) assert.match(left?.leftOut ?? '', reason)
  else assert.equal(left, undefined)
}

test('the jar goes on to a runtime of the same Java, at the same path, and options in a variable keep working', async () => {
  await becomes(
    `FROM maven:3-eclipse-temurin-17
# who answers
MAINTAINER ann@example.org

RUN apt-get update && apt-get install -y vim fontconfig
WORKDIR /build
COPY . /build
RUN mvn -q package -DskipTests

ENV JAVA_OPTS="-Xmx256m"
EXPOSE 8080 5005
# 5005 is for the debugger
CMD java $JAVA_OPTS -agentlib:jdwp=transport=dt_socket,server=y,suspend=n,address=*:5005 -jar target/quotes.jar
`,
    `FROM maven:3-eclipse-temurin-17 AS build

RUN apt-get update && apt-get install -y vim fontconfig
WORKDIR /build
COPY . /build
RUN mvn -q package -DskipTests

FROM eclipse-temurin:17-jre
RUN apt-get update \\
    && apt-get install -y --no-install-recommends fontconfig \\
    && rm -rf /var/lib/apt/lists/*
# who answers
MAINTAINER ann@example.org
WORKDIR /build
COPY --from=build /build/target/quotes.jar /build/target/quotes.jar

ENV JAVA_OPTS="-Xmx256m"
EXPOSE 8080 5005
# 5005 is for the debugger
CMD java $JAVA_OPTS -agentlib:jdwp=transport=dt_socket,server=y,suspend=n,address=*:5005 -jar target/quotes.jar
`,
  )
})

test('small keywords and CRLF; a pattern; what is copied to a place of its own; configuration beside the sources', async () => {
  await becomes(
    'from gradle:8-jdk21-alpine\r\nworkdir /src\r\ncopy . .\r\nrun ./gradlew bootJar && cp build/libs/*.jar /app.jar\r\nentrypoint ["java", "-jar", "/app.jar"]\r\ncmd ["--spring.profiles.active=prod"]\r\n',
    'from gradle:8-jdk21-alpine as build\r\nworkdir /src\r\ncopy . .\r\nrun ./gradlew bootJar && cp build/libs/*.jar /app.jar\r\n\r\nfrom eclipse-temurin:21-jre-alpine\r\nworkdir /src\r\ncopy --from=build /app.jar /app.jar\r\nentrypoint ["java", "-jar", "/app.jar"]\r\ncmd ["--spring.profiles.active=prod"]\r\n',
    {
      context: {
        'build.gradle': "id 'org.springframework.boot'",
        'src/main/java/A.java': '',
        'gradle/wrapper/gradle-wrapper.properties': '',
      },
    },
  )
  const { text } = await still(
    'FROM eclipse-temurin:17-jdk-jammy\nWORKDIR /app\nCOPY . .\nRUN ./mvnw package\nENTRYPOINT ["sh", "-c", "java ${JAVA_OPTS} -jar target/*.jar"]\n',
    { context: { ...shaded, 'config/prod.yaml': '', mvnw: '' } },
  )
  assert.match(
    text,
    /\nFROM eclipse-temurin:17-jre-jammy\nWORKDIR \/app\nCOPY --from=build \/app\/target\/\*\.jar \/app\/target\/\nCOPY --from=build \/app\/config \/app\/config\nENTRYPOINT/,
  )
})

test('a jar that needs others takes its folder along; so do Quarkus and a class path', async () => {
  const of = (start: string): string =>
    `FROM maven:3-eclipse-temurin-21\nWORKDIR /app\nCOPY . .\nRUN <<EOF\nmvn -B package\nEOF\nCMD ${start}\n`
  const thin = { context: { 'pom.xml': '<dependency>', 'A.java': '' } }
  for (const [start, copies] of [
    ['["java", "-jar", "target/a.jar"]', ['/app/target']],
    ['["java", "-jar", "target/quarkus-app/quarkus-run.jar"]', ['/app/target/quarkus-app']],
    ['["java", "-cp", "target/classes:target/dependency/*", "org.example.A"]', ['/app/target/classes', '/app/target/dependency']],
  ] as const) {
    const { text } = await still(of(start), thin)
    assert.deepEqual(
      [...text.matchAll(/^COPY --from=build (\S+) /gm)].map(match => match[1]),
      copies,
    )
  }
})

test('what cannot be told is left out, and other stages are not touched', async () => {
  const of = (from: string, start: string): string => `FROM ${from}\nWORKDIR /app\nCOPY . .\nRUN mvn package\nCMD ${start}\n`
  await stays(of('maven:3', '["java", "-jar", "target/a.jar"]'), /which Java maven:3 has is not known/)
  await stays(of('maven:3-eclipse-temurin-17', 'mvn spring-boot:run'), /compiled anew at each start/)
  await stays(of('maven:3-eclipse-temurin-17', '["java", "-jar", "$JAR"]'), /where `\$JAR` is built/)
  await stays(of('maven:3-eclipse-temurin-17', '["java", "-version"]'), /which jar starts/)
  await stays(of('maven:3-eclipse-temurin-17', 'jcmd 1 help; java -jar target/a.jar'), /`jcmd` is started/)
  await stays('FROM eclipse-temurin:17-jre\nCOPY target/a.jar /a.jar\nCMD ["java", "-jar", "/a.jar"]\n', undefined)
  await stays('FROM eclipse-temurin:17\nCOPY target/a.jar /a.jar\nCMD ["java", "-jar", "/a.jar"]\n', undefined)
})
