const units: Readonly<Record<string, number>> = {
  '': 1,
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
}

/**
 * A quantity (https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/) as a plain number: `500m` → 0.5, `1Ki` → 1024, `1e3` → 1000, and
 * `1E` is an exa. Undefined for what is none: suffixes count upper and lower case apart.
 */
export const quantity = (text: string): number | undefined => {
  if (text.length > 64) return undefined
  const match = /^([-+]?(?:\d+(?:\.\d*)?|\.\d+))(?:([eE][-+]?\d{1,3})|([KMGTPE]i|[numkMGTPE]))?$/.exec(text)
  if (!match) return undefined
  const [, digits, exponent = '', unit = ''] = match
  return Number(`${digits}${exponent}`) * units[unit]!
}
