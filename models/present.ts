/** The same members, but those that may be undefined are optional instead. */
export type Present<Members extends object> = {
  readonly [Key in keyof Members as undefined extends Members[Key] ? never : Key]: Members[Key];
} & {
  readonly [Key in keyof Members as undefined extends Members[Key] ? Key : never]?: Exclude<
    Members[Key],
    undefined
  >;
};

/**
 * Leaves out the members that are undefined: `{ a: 1, b: undefined }` becomes `{ a: 1 }`. The same as in
 * `shared/core/present.ts`: models import nothing of shared.
 */
export const present = <Members extends object>(members: Members): Present<Members> =>
  Object.fromEntries(
    Object.entries(members).filter(([, value]) => value !== undefined),
  ) as Present<Members>;
