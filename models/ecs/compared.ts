/** The order of names as ECS lists them: by their characters, whatever language the machine speaks. */
export const compared = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
