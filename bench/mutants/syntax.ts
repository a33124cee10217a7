/** A node of a syntax tree, with the fields that are read here. */
export interface Node {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [member: string]: unknown;
}

/** Whether this is a node, and not a list, a text or a number. */
export const isNode = (value: unknown): value is Node =>
  typeof value === 'object' &&
  value !== null &&
  'type' in value &&
  typeof value.type === 'string' &&
  'start' in value;

/** Calls `each` for every node that is or has a value, parents first. Types and imports are left out. */
export const visit = (
  node: unknown,
  each: (node: Node, parent: Node | undefined) => void,
  parent?: Node,
): void => {
  if (!isNode(node) || hasNoValues(node)) return;
  each(node, parent);
  for (const value of Object.values(node)) {
    for (const child of Array.isArray(value) ? value : [value]) visit(child, each, node);
  }
};

/** These have a value inside a type's syntax; everything else whose name begins with TS is a type. */
const typedValues = ['TSAsExpression', 'TSSatisfiesExpression', 'TSNonNullExpression'];

const hasNoValues = ({ type }: Node): boolean =>
  (type.startsWith('TS') && !typedValues.includes(type)) || type === 'ImportDeclaration';
