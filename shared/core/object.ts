/** An object of which nothing is known. */
export type Fields = Readonly<Record<string, unknown>>;

/** Whether a value is an object and not an array. */
export const isObject = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The members of an object, or of an array by their indexes; none of any other value. */
export const membersOf = (value: unknown): Fields =>
  typeof value === 'object' && value !== null ? { ...value } : {};
