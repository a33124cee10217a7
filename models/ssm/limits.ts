/** Standard parameters: 4 KB, names of [A-Za-z0-9_.-/], at most 15 levels (SSM user guide). */
const maxValueBytes = 4096;
const namePattern = /^[A-Za-z0-9_.\-/]{1,1011}$/;

const types: readonly string[] = ['SecureString', 'StringList', 'String'];

/** Why SSM does not accept a parameter with this name and value; undefined when it does. */
export const parameterRefusal = (name: string, value: string): string | undefined => {
  if (name.includes('/') && !name.startsWith('/')) {
    return 'Parameter name must be a fully qualified name.';
  }
  if (/\{\{.*\}\}/s.test(value)) {
    return 'Parameter value can\'t nest another parameter. Do not use "{{}}" in the value.';
  }
  const isDeep = name.split('/').length > 16;
  if (!namePattern.test(name) || isDeep || /^\/?(aws|ssm)/i.test(name)) {
    return `Parameter name "${name}": only a mix of letters, numbers and the symbols .-_ is allowed, in at most 15 levels, and no prefix "aws" or "ssm".`;
  }
  return new TextEncoder().encode(value).length > maxValueBytes
    ? `Standard tier parameters support a maximum parameter value of ${maxValueBytes} characters. To create a larger parameter value, upgrade the parameter to use the advanced-parameter tier.`
    : undefined;
};

export const typeRefusal = (type: string): string | undefined =>
  types.includes(type)
    ? undefined
    : `1 validation error detected: Value '${type}' at 'type' failed to satisfy constraint: Member must satisfy enum value set: [${types.join(', ')}]`;
