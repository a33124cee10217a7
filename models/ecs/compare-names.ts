/** The order in which ECS lists names: by character codes, the same in every locale. */
export const compareNames = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
