/** What is remembered between runs, as the flows see it. `store/` implements it. */

/** Values by key. Losing any of them costs time and nothing else, so that trouble with the disk is never an error. */
export type Cache = {
  /** Undefined: not there, or not whole. */
  get(key: string): Uint8Array | undefined
  put(key: string, value: Uint8Array): void
}
