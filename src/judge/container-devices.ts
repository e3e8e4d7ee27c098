/** Devices by which the bytes of a disk are reached. https://www.kernel.org/doc/html/latest/admin-guide/devices.html */

/** A disk, a part of one, or a folder of those. `/dev/mapper/control` is none: it puts disks together. */
const disks =
  /^\/dev\/(?:[shv]d[a-z]+\d*|xvd[a-z]+\d*|nvme\d+n\d+(?:p\d+)?|mmcblk\d+\w*|dm-\d+|md(?:\d\w*|\/.*)|root|(?:mapper|disk|block)(?:\/(?!control$).*)?)$/

/** Commands to a SCSI disk pass through them, and the kernel lets reads and writes through: https://docs.kernel.org/scsi/scsi-generic.html */
const commands = /^\/dev\/(?:sg\d+|bsg(?:\/.*)?)$/

/** The controller of a disk takes commands from whoever has SYS_ADMIN: https://github.com/torvalds/linux/blob/master/drivers/nvme/host/ioctl.c */
const controllers = /^\/dev\/nvme\d+$/

export type DiskDevice = 'disk' | 'commands' | 'controller'

/** Undefined: no disk is behind it. */
export const diskDeviceAt = (path: string): DiskDevice | undefined =>
  disks.test(path) ? 'disk' : commands.test(path) ? 'commands' : controllers.test(path) ? 'controller' : undefined
