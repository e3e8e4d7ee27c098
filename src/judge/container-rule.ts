import type { Container } from '../model/container.ts'
import type { Rule } from '../model/rule.ts'
import type { Manifests } from '../read/kubernetes/manifests.ts'

/** What is known of the image that a container runs: from an engine, a cache, or an inventory. */
export type ContainerImage = {
  /** '' is root. */
  readonly user: string
  /** Paths that it declares as volumes. */
  readonly volumes: readonly string[]
  /** A Dockerfile of this run makes it, and is told of its user by itself. */
  readonly isJudged?: boolean
  /** Programs that change their privileges, where the file system was looked at. */
  readonly setuid: readonly string[] | undefined
}

/** What container rules may know besides the container. Gathered once, before the rules run. */
export type ContainerFacts = {
  /** ISO 8601 date of the run: `2026-11-24`. */
  readonly today: string
  /** The containers that are declared together with it: the services of the project, the containers of the pod. */
  readonly neighbours: readonly Container[]
  /** What else the streams of this run declare; undefined outside of Kubernetes. */
  readonly manifests: Manifests | undefined
  /** The image that is built for this container, as far as its Dockerfile says. */
  readonly builtImage?: ContainerImage
  /** By the name as written; undefined for an image of which nothing is known. */
  imageOf(name: string): ContainerImage | undefined
  /** From the configuration: registry patterns from which images may come; undefined: all. */
  readonly allowedRegistries: readonly string[] | undefined
}

export type ContainerRule<Options = undefined> = Rule<Container, Options, ContainerFacts>

/** Gives a rule its types; returns it as it is. */
export const containerRule = <Options = undefined>(rule: ContainerRule<Options>): ContainerRule<Options> => rule
