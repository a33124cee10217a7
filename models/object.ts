/** Whether a value is an object and not an array. The same as in `shared/core/object.ts`: models import nothing of shared. */
export const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
