import { looksRandom } from '../assigned.ts'
import { type Detector, isPlaceholder, sampleText } from '../detector.ts'

export default {
  name: 'HTTP basic authorization',
  why: 'Base 64 hides nothing: in it stand a name and a password.',
  revoke: 'Change the password of that account, and pass the new one by a secret.',
  link: 'https://www.rfc-editor.org/rfc/rfc7617',
  keywords: ['authorization'],
  // nginx has no sign between name and value: https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_set_header
  // The client of RFC 6749 is nobody’s.
  pattern:
    /\bauthorization["']?(?:\s{0,4}[:=,]\s{0,4}["'`]?|\s{1,8}["'])basic\s{1,4}(?<secret>[A-Za-z0-9+/]{12,200}={0,2})(?![A-Za-z0-9+/=])/gi,
  prefix: /^$/,
  isReal(secret) {
    try {
      const [, password] = /^[\x20-\x39\x3b-\x7e]{1,80}:([\x20-\x7e]{8,120})$/.exec(atob(secret)) ?? []
      return password !== undefined && looksRandom(password) && !isPlaceholder(password) && password !== 'gX1fBat3bV'
    } catch {
      // Not base 64.
      return false
    }
  },
  samples: {
    real: () => [
      `Authorization: Basic ${btoa(`ann:${sampleText(16)}`)}`,
      `authorization = 'Basic ${btoa(`ann:${sampleText(12, undefined, 2)}`)}'`,
      `proxy_set_header Authorization "Basic ${btoa(`ann:${sampleText(14, undefined, 3)}`)}";`.replaceAll('"', "'"),
    ],
    not: () => [
      'Authorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==',
      `Authorization: Basic ${btoa('user:password')}`,
      `Authorization: Basic ${btoa('s6BhdRkqt3:gX1fBat3bV')}`,
    ],
  },
} satisfies Detector
