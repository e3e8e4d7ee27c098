/**
 * A short name for a text, for keys that must stay the same across runs and machines: two FNV-1a hashes of 32 bits with different starts,
 * 16 hexadecimal digits. Not for security.
 */
export const shortHash = (text: string): string => {
  let a = 0x811c9dc5
  let b = 0x050c5d1f
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    a = Math.imul(a ^ unit, 0x01000193)
    b = Math.imul(b ^ (unit + i), 0x01000193)
  }
  return (a >>> 0).toString(16).padStart(8, '0') + (b >>> 0).toString(16).padStart(8, '0')
}
