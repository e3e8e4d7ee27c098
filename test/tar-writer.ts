/** Writes tar archives (POSIX ustar) for tests, also wrong ones. */

export type TarMember = {
  readonly path: string
  readonly body?: string | Uint8Array
  readonly type?: 'file' | 'symlink' | 'hard-link' | 'directory' | 'pax'
  readonly target?: string
  readonly mode?: number
  /** What the header says; else the body's. */
  readonly size?: number
}

const flags = { file: '0', 'hard-link': '1', symlink: '2', directory: '5', pax: 'x' }

const header = ({ path, type = 'file', target = '', mode = 0o644 }: TarMember, size: number): Buffer => {
  const block = Buffer.alloc(512)
  block.write(path, 0, 100, 'utf8')
  const octal = (value: number, at: number, length: number): void => {
    block.write(`${value.toString(8).padStart(length - 1, '0')}\0`, at, 'latin1')
  }
  octal(mode, 100, 8)
  octal(0, 108, 8)
  octal(0, 116, 8)
  octal(size, 124, 12)
  octal(0, 136, 12)
  block.write(flags[type], 156, 'latin1')
  block.write(target, 157, 100, 'utf8')
  block.write('ustar\x0000', 257, 'latin1')
  block.fill(' ', 148, 156)
  const sum = block.reduce((total, byte) => total + byte, 0)
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1')
  return block
}

export const tar = (members: readonly TarMember[]): Buffer => {
  const parts: Buffer[] = []
  for (const member of members) {
    const body = Buffer.from(member.body ?? '')
    parts.push(header(member, member.size ?? body.length), body, Buffer.alloc((512 - (body.length % 512)) % 512))
  }
  return Buffer.concat([...parts, Buffer.alloc(1024)])
}
