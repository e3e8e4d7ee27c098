import { type Detector, entropy, sampleText } from '../detector.ts'

const letters = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!@#%^&*-_ []|+=,.;:/?~'

export default {
  name: 'WordPress key or salt',
  why: 'It signs the cookies of the sign-in: whoever has it is whom he likes.',
  revoke: 'Put new ones from https://api.wordpress.org/secret-key/1.1/salt/ into wp-config.php. All sessions end.',
  link: 'https://developer.wordpress.org/advanced-administration/wordpress/wp-config/#security-keys',
  keywords: ['auth_key', 'auth_salt', 'logged_in_key', 'logged_in_salt', 'nonce_key', 'nonce_salt'],
  pattern:
    /\bdefine\(\s{0,8}["'](?:AUTH|SECURE_AUTH|LOGGED_IN|NONCE)_(?:KEY|SALT)["']\s{0,8},\s{0,8}["'](?<secret>[^"'\r\n]{64})["']/g,
  prefix: /^$/,
  isReal: secret => entropy(secret) > 4,
  samples: {
    real: () => [
      `define('AUTH_KEY', '${sampleText(64, letters)}');`,
      `define( 'NONCE_SALT',  '${sampleText(64, letters, 2)}' );`,
    ],
    not: () => ["define('AUTH_KEY', 'put your unique phrase here');", `define('AUTH_KEY', '${'a'.repeat(64)}');`],
  },
} satisfies Detector
