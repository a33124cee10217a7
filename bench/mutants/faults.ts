import { isNode, type Node } from './syntax.ts';

/** A small change of a source that a test should notice. */
export interface Fault {
  readonly at: Span;
  readonly replacement: string;
  readonly what: string;
  readonly probe?: Node;
}

/** The faults that are planted at this node; most kinds of nodes have none. */
export const faultsIn = (node: Node, parent: Node | undefined, source: string): readonly Fault[] =>
  finders[node.type]?.(node, source, parent) ?? [];

interface Span {
  readonly start: number;
  readonly end: number;
}

const swaps: Readonly<Record<string, readonly string[]>> = {
  '===': ['!=='],
  '!==': ['==='],
  '<': ['<=', '>='],
  '<=': ['<', '>'],
  '>': ['>=', '<='],
  '>=': ['>', '<'],
  '+': ['-'],
  '-': ['+'],
  '*': ['/'],
  '/': ['*'],
  '%': ['*'],
  '&&': ['||'],
  '||': ['&&'],
  '+=': ['-='],
  '-=': ['+='],
};

const methods: Readonly<Record<string, string>> = {
  some: 'every',
  every: 'some',
  min: 'max',
  max: 'min',
  floor: 'ceil',
  ceil: 'floor',
  startsWith: 'endsWith',
  endsWith: 'startsWith',
};

type Finder = (node: Node, source: string, parent: Node | undefined) => readonly Fault[];

const operator: Finder = (node, source) => {
  const { left, right } = node;
  if (!isNode(left) || !isNode(right)) return [];
  const between = source.slice(left.end, right.start);
  const text = String(node.operator);
  if (text === '??') {
    // Without parentheses it may not stand beside another `??`.
    const [first, second] = [left, right].map((side) => source.slice(side.start, side.end));
    return [{ at: node, replacement: `((${first}) && (${second}))`, what: '?? → &&' }];
  }
  const start = left.end + between.indexOf(text);
  return (swaps[text] ?? []).map((other) => ({
    at: { start, end: start + text.length },
    replacement: other,
    what: `${text} → ${other}`,
  }));
};

const condition: Finder = ({ test }) =>
  isNode(test)
    ? ['true', 'false'].map((value) => ({
        at: test,
        replacement: value,
        what: `condition → ${value}`,
        probe: test,
      }))
    : [];

const negation: Finder = (node, source) =>
  node.operator === '!' && isNode(node.argument)
    ? [
        {
          at: node,
          replacement: source.slice(node.argument.start, node.argument.end),
          what: '! removed',
        },
      ]
    : [];

/** Keys, names of modules and directives are not values. */
const isValue = (node: Node, parent: Node | undefined): boolean =>
  !(parent?.type === 'Property' && parent.key === node) &&
  !parent?.type.startsWith('Export') &&
  !(parent?.type === 'ExpressionStatement');

const literal: Finder = (node, _source, parent) => {
  const { value } = node;
  if (!isValue(node, parent)) return [];
  if (typeof value === 'boolean') {
    return [{ at: node, replacement: String(!value), what: `${value} → ${!value}` }];
  }
  if (typeof value === 'number') {
    return [{ at: node, replacement: String(value + 1), what: `${value} → ${value + 1}` }];
  }
  // A word of the program: a kind, a phase, a name. Texts with blanks are for people.
  return typeof value === 'string' && /^[\w./-]+$/.test(value)
    ? [{ at: node, replacement: `'${value}Mutant'`, what: `'${value}' → another word` }]
    : [];
};

const array: Finder = (node) =>
  Array.isArray(node.elements) && node.elements.length > 0
    ? [{ at: node, replacement: '[]', what: 'array emptied' }]
    : [];

const members: Finder = (node, source) =>
  (Array.isArray(node.properties) ? node.properties.filter(isNode) : []).map((member) => {
    const comma = /^\s*,/.exec(source.slice(member.end))?.[0].length ?? 0;
    const name = source.slice(member.start, member.end).split(/[:\s(]/)[0] ?? '';
    return {
      at: { start: member.start, end: member.end + comma },
      replacement: '',
      what: `member ${name} dropped`,
    };
  });

const statement: Finder = (node, _source, parent) =>
  parent?.type === 'BlockStatement'
    ? [{ at: node, replacement: ';', what: 'statement removed' }]
    : [];

const method: Finder = ({ callee }, _source, parent) => {
  // Within `a?.b()` parentheses would change what is skipped.
  if (!isNode(callee) || callee.type !== 'MemberExpression' || parent?.type === 'ChainExpression')
    return [];
  const { property } = callee;
  if (!isNode(property)) return [];
  const name = String(property.name);
  const other = Object.hasOwn(methods, name) ? methods[name] : undefined;
  return other === undefined
    ? []
    : [{ at: property, replacement: other, what: `${name} → ${other}` }];
};

const finders: Readonly<Record<string, Finder>> = {
  BinaryExpression: operator,
  LogicalExpression: operator,
  AssignmentExpression: operator,
  ConditionalExpression: condition,
  IfStatement: condition,
  UnaryExpression: negation,
  Literal: literal,
  ArrayExpression: array,
  ObjectExpression: members,
  ExpressionStatement: statement,
  CallExpression: method,
};
