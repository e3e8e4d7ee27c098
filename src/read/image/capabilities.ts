/** The value of `security.capability`: https://github.com/torvalds/linux/blob/master/include/uapi/linux/capability.h */

const names: readonly string[] = [
  'chown',
  'dac_override',
  'dac_read_search',
  'fowner',
  'fsetid',
  'kill',
  'setgid',
  'setuid',
  'setpcap',
  'linux_immutable',
  'net_bind_service',
  'net_broadcast',
  'net_admin',
  'net_raw',
  'ipc_lock',
  'ipc_owner',
  'sys_module',
  'sys_rawio',
  'sys_chroot',
  'sys_ptrace',
  'sys_pacct',
  'sys_admin',
  'sys_boot',
  'sys_nice',
  'sys_resource',
  'sys_time',
  'sys_tty_config',
  'mknod',
  'lease',
  'audit_write',
  'audit_control',
  'setfcap',
  'mac_override',
  'mac_admin',
  'syslog',
  'wake_alarm',
  'block_suspend',
  'audit_read',
  'perfmon',
  'bpf',
  'checkpoint_restore',
]

/** Words of 32 bits for permitted and inheritable, by the version in the highest byte. */
const wordPairs: Readonly<Record<number, number>> = { 1: 1, 2: 2, 3: 2 }

/** Hexadecimal digits → what the program may get: permitted and inheritable ones, in the kernel's order. Empty when it is no such value. */
export const fileCapabilities = (hex: string): readonly string[] => {
  const bytes = Buffer.from(hex.slice(0, 64), 'hex')
  if (bytes.length < 4) return []
  const pairs = wordPairs[bytes.readUInt32LE(0) >>> 24]
  if (pairs === undefined || bytes.length < 4 + 8 * pairs) return []
  const found: string[] = []
  for (let pair = 0; pair < pairs; pair++) {
    const bits = bytes.readUInt32LE(4 + 8 * pair) | bytes.readUInt32LE(8 + 8 * pair)
    for (let bit = 0; bit < 32; bit++)
      if ((bits >>> bit) & 1) found.push(`cap_${names[32 * pair + bit] ?? String(32 * pair + bit)}`)
  }
  return found
}
