/** An image of a repository by one of its tags. */
export interface TaggedImage {
  readonly tag: string;
  readonly digest: string;
}

/** The images that ECR knows here. They are on the disk when runs are processes, and else of the container engine. */
export interface Registry {
  /** The registry's host, as references have it before the first slash. */
  readonly host: string;
  /** The names of all repositories as ECR has them, with the registry's path. */
  readonly repositories: () => readonly string[] | Promise<readonly string[]>;
  /** All tags of a repository (with or without the registry's path before it); undefined when there is no such repository. */
  readonly list: (
    repository: string,
  ) => readonly TaggedImage[] | undefined | Promise<readonly TaggedImage[] | undefined>;
}
