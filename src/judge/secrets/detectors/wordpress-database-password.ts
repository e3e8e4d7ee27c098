import { type Detector, entropy, sampleText } from '../detector.ts'

export default {
  name: 'WordPress database password',
  why: 'It logs in to the database: all posts, users and hashes of passwords.',
  revoke: 'Change the password of that user in the database, and in wp-config.php.',
  link: 'https://developer.wordpress.org/advanced-administration/wordpress/wp-config/#set-database-password',
  keywords: ['db_password'],
  pattern: /\bdefine\(\s{0,8}["']DB_PASSWORD["']\s{0,8},\s{0,8}["'](?<secret>[^"'\r\n]{6,128})["']/g,
  prefix: /^$/,
  isReal: secret => entropy(secret) > 2.5 && !/^(?:password_here|wordpress|your)/i.test(secret),
  samples: {
    real: () => [`define('DB_PASSWORD', '${sampleText(16)}');`, `define( 'DB_PASSWORD', '${sampleText(20, undefined, 2)}' );`],
    not: () => ["define('DB_PASSWORD', 'password_here');", "define('DB_PASSWORD', getenv('DB_PASSWORD'));"],
  },
} satisfies Detector
