import { type Detector, sampleText } from '../detector.ts'

const signature = (seed: number): string => `${sampleText(21, undefined, seed)}%2B${sampleText(21, undefined, seed + 1)}%3D`

/** Those of examples in the documentation of Azure and of AWS DataSync. */
const samples = ['Z%2FRHIX5Xcg0Mq2rqI3OlWTjEg2t', '39Up9JzHkxhUIhFEjEH9594DJxe7w6c', 'aBBKDWQvyuVcTPH9EBp%2FXTI9E']

export default {
  name: 'Azure shared access signature',
  why: 'Until it expires, whoever has the address reads, and often writes, what it was made for: a file, a container, or the whole account.',
  revoke:
    'Rotate the account key or delete the stored access policy that signed it; for a user delegation, revoke the delegation keys.',
  link: 'https://learn.microsoft.com/azure/storage/common/storage-sas-overview',
  keywords: ['sig='],
  // In JSON and shells the sign between two parts may be escaped.
  pattern:
    /[?&;]?\bsv=20\d\d-\d\d-\d\d(?:&|\\&|\\u0026)[^\s"'<>]{0,300}?(?:\b|(?<=\\u0026))sig=(?<secret>[A-Za-z0-9+/%]{43,75}(?:%3[Dd]|=))/g,
  prefix: /^$/,
  reach: { before: 512, after: 128 },
  isReal(secret) {
    if (samples.some(sample => secret.startsWith(sample))) return false
    // An HMAC-SHA256.
    return /^[A-Za-z0-9+/]{43}=$/.test(
      secret.replace(/%(2[bf]|3d)/gi, code => String.fromCharCode(Number.parseInt(code.slice(1), 16))),
    )
  },
  samples: {
    real: () => [
      `https://a.blob.core.windows.net/b/c?sv=2022-11-02&ss=b&srt=co&sp=rl&se=2030-01-01T00:00:00Z&spr=https&sig=${signature(1)}`,
      `?sv=2021-06-08&st=2024-01-01&se=2025-01-01&sr=c&sp=r&sig=${signature(5)}`,
      `?sv=2020-08-04\\u0026ss=b\\u0026sp=rl\\u0026sig=${signature(7)}`,
      `?sv=2020-08-04\\&ss=b\\&sp=rl\\&sig=%2F${signature(9).slice(1)}`,
      `?sv=2020-10-02&amp;sr=c&amp;sig=${signature(11)}`,
    ],
    not: () => ['?sv=2021-06-08&se=2025-01-01&sr=c&sp=r&sig=<signature>', `?v=1&sig=${signature(1)}`],
  },
} satisfies Detector
