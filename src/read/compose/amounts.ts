/** Sizes as Docker reads them (https://github.com/docker/go-units): `512m`, `1.5GiB`, `1073741824`. */
const units: Readonly<Record<string, number>> = { '': 1, k: 2 ** 10, m: 2 ** 20, g: 2 ** 30, t: 2 ** 40, p: 2 ** 50 }

/** Bytes; undefined for what is no size. Negative ones mean "without limit" where that is allowed. */
export const bytesIn = (text: string): number | undefined => {
  const match = /^(-?\d+(?:\.\d*)?|\.\d+) ?([kmgtp]?)(?:i?b)?$/i.exec(text.trim())
  if (!match) return undefined
  return Math.trunc(Number(match[1]) * units[match[2]!.toLowerCase()]!)
}

/** A decimal number, such as cores. */
export const numberIn = (text: string): number | undefined =>
  /^[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?$/i.test(text.trim()) ? Number(text) : undefined
