import { expect, test } from 'vitest'
import { fileCapabilities } from './capabilities.ts'

// As `getfattr -e hex -n security.capability` shows them.
test.each([
  ['version 1', '0000000100200000' + '00000000', ['cap_net_raw']],
  ['version 2, effective', '01000002' + '0020000000000000' + '0000000000000000', ['cap_net_raw']],
  ['version 2, two words', '01000002' + '0004000000000000' + '8000000000000000', ['cap_net_bind_service', 'cap_bpf']],
  ['version 3, with the uid of its root', '01000003' + '8000000000000000' + '0000000000000000' + 'e8030000', ['cap_setuid']],
  ['inheritable only', '00000002' + '0000000000200000' + '0000000000000000', ['cap_net_raw']],
  ['one without a name', '01000002' + '0000000000000000' + '0000008000000000', ['cap_63']],
  ['a version that nobody knows', '01000009' + '0020000000000000' + '0000000000000000', []],
  ['cut off', '010000020020', []],
  ['empty', '', []],
  ['no hexadecimal digits', 'zz', []],
])('%s', (_, hex, wanted) => {
  expect(fileCapabilities(hex)).toEqual(wanted)
})
