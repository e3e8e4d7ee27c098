import type { ImageConfig } from '../src/model/image.ts'

/** The configuration of an image that says nothing. */
export const emptyConfig: ImageConfig = {
  user: '',
  env: [],
  entrypoint: undefined,
  cmd: undefined,
  shell: undefined,
  workingDir: '',
  exposedPorts: [],
  volumes: [],
  labels: {},
  healthcheck: undefined,
  onBuild: [],
  author: '',
  created: undefined,
  history: [],
}
