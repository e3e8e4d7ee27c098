import { type Detector, entropy, sampleText } from '../detector.ts'

export default {
  name: 'Password in Spring properties',
  why: 'It logs in to the database, queue or server that the properties beside it name.',
  revoke: 'Change the password of that account, and pass the new one from outside.',
  link: 'https://docs.spring.io/spring-boot/reference/features/external-config.html',
  keywords: ['spring.'],
  pattern: /\bspring\.[a-z0-9.-]{2,80}password[ \t]{0,4}[=:][ \t]{0,4}(?<secret>[^\s"'#$<{@]{6,200})/g,
  prefix: /^$/,
  isReal: secret => entropy(secret) > 2.5 && /\d/.test(secret) && /[a-z]/i.test(secret) && !/pass|secret/i.test(secret),
  samples: {
    real: () => [`spring.datasource.password=${sampleText(16)}`, `spring.rabbitmq.password = ${sampleText(20, undefined, 2)}`],
    not: () => ['spring.datasource.password=password', 'spring.datasource.password=${DB_PASSWORD}'],
  },
} satisfies Detector
