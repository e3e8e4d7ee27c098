import { type Detector, entropy, sampleText } from '../detector.ts'

// https://github.com/django/django/blob/main/django/core/management/utils.py
const letters = 'abcdefghijklmnopqrstuvwxyz0123456789!@#$%^&*(-_=+)'

export default {
  name: 'Django SECRET_KEY',
  why: 'It signs sessions, password resets and cookies: whoever has it is whom he likes.',
  revoke: 'Set a new SECRET_KEY. All sessions and links that were sent end.',
  link: 'https://docs.djangoproject.com/en/stable/ref/settings/#secret-key',
  keywords: ['secret_key'],
  // What startproject writes begins with django-insecure-, and is for development.
  pattern: /\bSECRET_KEY["']?\]?\s{0,4}[:=]\s{0,4}["'](?<secret>[a-z0-9!@#$%^&*()_=+-]{50})["']/g,
  prefix: /^$/,
  isReal: secret => entropy(secret) > 4 && /\d/.test(secret) && /[!@#%^&*()=+]/.test(secret),
  samples: {
    real: () => [
      `SECRET_KEY = 'a${sampleText(49, letters)}'`,
      `SECRET_KEY='b${sampleText(49, letters, 2)}'`,
      // It may begin like a reference, and have what looks like one in it.
      ...['$x', '%(', '(', '<', 'a$(', '%', '$('].map(
        (start, i) =>
          `SECRET_KEY='${start.replace('<', '$9')}${sampleText(50 - start.replace('<', '$9').length, letters, i + 3)}'`,
      ),
    ],
    not: () => [`SECRET_KEY = '${'django-insecure-'}${sampleText(50, letters)}'`, `SECRET_KEY = '${sampleText(40, letters)}'`],
  },
} satisfies Detector
