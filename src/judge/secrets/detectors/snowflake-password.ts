import { assigned } from '../assigned.ts'
import { type Detector, entropy, isPlaceholder, sampleText } from '../detector.ts'

export default {
  name: 'Snowflake password',
  why: 'With the name of the account and the user, which are no secrets, it reads and changes the data of the warehouse.',
  revoke: 'Change it: ALTER USER name SET PASSWORD = …; and give programs a key pair instead.',
  link: 'https://docs.snowflake.com/en/user-guide/admin-user-management',
  keywords: ['snowsql_pwd', 'snowflake_password', 'snowflake_pwd', 'snowsql_private_key_passphrase'],
  pattern: assigned('snowsql_pwd|snowflake_(?:password|pwd)|snowsql_private_key_passphrase', '[A-Za-z0-9!@#%^&*?~_+-]{8,64}'),
  prefix: /^$/,
  isReal: secret =>
    entropy(secret) > 2.5 && /\d/.test(secret) && /[a-z]/i.test(secret) && !isPlaceholder(secret) && !/pass/i.test(secret),
  samples: {
    real: () => [`SNOWSQL_PWD=${sampleText(16)}`, `SNOWFLAKE_PASSWORD: "${sampleText(20, undefined, 2)}"`],
    not: () => ['SNOWFLAKE_PASSWORD=${PASSWORD}', 'SNOWSQL_PWD=changeme1', 'SNOWFLAKE_PASSWORD=os.environ'],
  },
} satisfies Detector
