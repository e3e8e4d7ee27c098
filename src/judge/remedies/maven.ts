/**
 * https://maven.apache.org/guides/introduction/introduction-to-dependency-mechanism.html#dependency-management,
 * https://docs.gradle.org/current/userguide/dependency_constraints.html
 */
import { fileName, goals, nearestFile, type RemedyUnit, type Wanted } from '../remedy-unit.ts'

const parts = ({ name }: Wanted): readonly [group: string, artifact: string] => {
  const [group = '', artifact = ''] = name.split(':')
  return [group, artifact]
}

const unit: RemedyUnit = {
  title: 'Java',
  // An archive without its group may be anybody's.
  name: /^[A-Za-z0-9_][\w.-]{0,199}:[A-Za-z0-9_][\w.-]{0,199}$/,
  isSingle: true,
  advise(upgrades, project) {
    const file = nearestFile(['pom.xml', 'build.gradle', 'build.gradle.kts'], upgrades, project)
    const name = file === undefined ? '' : fileName(file)
    const pom = {
      file: 'pom.xml',
      text: [
        '<dependencyManagement>',
        '  <dependencies>',
        ...upgrades.flatMap(one => [
          '    <dependency>',
          `      <groupId>${parts(one)[0]}</groupId>`,
          `      <artifactId>${parts(one)[1]}</artifactId>`,
          `      <version>${one.to}</version>`,
          '    </dependency>',
        ]),
        '  </dependencies>',
        '</dependencyManagement>',
        '',
      ].join('\n'),
    }
    const gradle = {
      file: name.startsWith('build.gradle') ? name : 'build.gradle',
      text: `dependencies {\n  constraints {\n${upgrades.map(one => `    implementation("${one.name}:${one.to}")`).join('\n')}\n  }\n}\n`,
    }
    return {
      // A version beside the dependency goes before what is managed; Gradle takes the highest.
      text: `Upgrade ${goals(upgrades)}: what the build file says of them counts for whatever needs them, too.${
        name.startsWith('build.gradle')
          ? ''
          : ' Where pom.xml has a version of its own for one of them, change that one: it goes before.'
      }`,
      commands: [],
      snippets: name === 'pom.xml' ? [pom] : name !== '' ? [gradle] : [pom, gradle],
    }
  },
}

export default unit
