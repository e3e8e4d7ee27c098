import { assigned, looksRandom } from '../assigned.ts'
import { type Detector, sampleText } from '../detector.ts'

export default {
  name: 'Gradle Plugin Portal secret',
  why: 'With its key it publishes plugins in the name of its owner: every build that uses them runs what the finder wrote.',
  revoke: 'Delete the API key at https://plugins.gradle.org under your profile.',
  link: 'https://docs.gradle.org/current/userguide/publishing_gradle_plugins.html',
  keywords: ['gradle.publish.secret', 'gradle_publish_secret'],
  pattern: assigned('gradle[._]publish[._]secret', '[A-Za-z0-9]{32}'),
  prefix: /^$/,
  isReal: looksRandom,
  samples: {
    real: () => [`gradle.publish.secret=${sampleText(32)}`, `GRADLE_PUBLISH_SECRET: ${sampleText(32, undefined, 2)}`],
    not: () => ['gradle.publish.secret=<your-secret>', `gradle.publish.key=${sampleText(32)}`],
  },
} satisfies Detector
