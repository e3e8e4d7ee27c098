/** A short name for a text, for keys that must stay the same across runs and machines: FNV-1a, 64 bits, 16 hexadecimal digits. Not for security. */
export const shortHash = (text: string): string => {
  let hash = 0xcbf29ce484222325n
  for (let i = 0; i < text.length; i++) hash = BigInt.asUintN(64, (hash ^ BigInt(text.charCodeAt(i))) * 0x100000001b3n)
  return hash.toString(16).padStart(16, '0')
}
