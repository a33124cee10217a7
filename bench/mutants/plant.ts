import { parseAst } from 'vitest/node';

/** One small fault in a source: the text from `start` to `end` becomes `replacement`. */
export interface Mutant {
  readonly start: number;
  readonly end: number;
  readonly replacement: string;
  /** Shown to the reader: `< → <=`. */
  readonly what: string;
  readonly line: number;
  /** The expression or statement that must run for the fault to matter. */
  readonly probe: Probe;
}

/** Where a probe is put: around an expression, or in front of a statement. */
export interface Probe {
  readonly kind: 'expression' | 'statement';
  readonly start: number;
  readonly end: number;
}

/** Every fault that is planted in a TypeScript source, in the order of the text. Types and sentences are not changed. */
export const mutantsOf = (source: string): readonly Mutant[] => {
  const found: Mutant[] = [];
  visit(parseAst(source, { lang: 'ts' }), (node, parent) => {
    for (const { at, replacement, what, probe = node } of faultsIn(node, parent, source)) {
      const { start, end } = at;
      const kind = probe.type.endsWith('Statement') ? 'statement' : 'expression';
      found.push({
        start,
        end,
        replacement,
        what,
        line: source.slice(0, start).split('\n').length,
        probe: { kind, start: probe.start, end: probe.end },
      });
    }
  });
  return found.toSorted((a, b) => a.start - b.start);
};

/**
 * The source with all of these faults in it at once, each inactive: fault n is active when `isAwake(first + n)` is true.
 * So a source is compiled once for all of its faults, and the calls of `isAwake` show which places were executed.
 */
export const withSwitches = (
  source: string,
  mutants: readonly Mutant[],
  { isAwake, first = 0 }: { readonly isAwake: string; readonly first?: number },
): string => {
  const calls = mutants.map((mutant, n) => ({ mutant, call: `${isAwake}(${first + n})` }));
  const groups = Map.groupBy(calls, ({ mutant: { probe } }) => `${probe.start}-${probe.end}`);
  const spans = [...groups.values()]
    .flatMap((group) => (group[0] ? [{ probe: group[0].mutant.probe, group }] : []))
    // Of two faults that begin at one place, the longer one encloses the other.
    .toSorted((a, b) => a.probe.start - b.probe.start || b.probe.end - a.probe.end);
  const textOf = (from: number, to: number): string => {
    let text = '';
    let at = from;
    for (let next = spans[0]; next && next.probe.start < to; next = spans[0]) {
      spans.shift();
      const { probe, group } = next;
      text += source.slice(at, probe.start);
      text += group.reduceRight(
        (rest, { mutant, call }) => switched(probe, call, [mutatedIn(source, mutant), rest]),
        textOf(probe.start, probe.end),
      );
      at = probe.end;
    }
    return text + source.slice(at, to);
  };
  return textOf(0, source.length);
};

const mutatedIn = (source: string, { probe, start, end, replacement }: Mutant): string =>
  source.slice(probe.start, start) + replacement + source.slice(end, probe.end);

const switched = (
  { kind }: Probe,
  call: string,
  [awake, asleep]: readonly [string, string],
): string =>
  kind === 'statement'
    ? `if (${call}) { ${awake} } else { ${asleep} }`
    : `(${call} ? ${awake} : ${asleep})`;

/** A node of the tree, with the fields that are read here. */
interface Node {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [member: string]: unknown;
}

interface Span {
  readonly start: number;
  readonly end: number;
}

interface Fault {
  readonly at: Span;
  readonly replacement: string;
  readonly what: string;
  readonly probe?: Node;
}

const isNode = (value: unknown): value is Node =>
  typeof value === 'object' &&
  value !== null &&
  'type' in value &&
  typeof value.type === 'string' &&
  'start' in value;

/** These have a value inside a type's syntax; everything else whose name begins with TS is a type. */
const typedValues = ['TSAsExpression', 'TSSatisfiesExpression', 'TSNonNullExpression'];

const hasNoValues = ({ type }: Node): boolean =>
  (type.startsWith('TS') && !typedValues.includes(type)) || type === 'ImportDeclaration';

const visit = (
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

const faultsIn = (node: Node, parent: Node | undefined, source: string): readonly Fault[] =>
  finders[node.type]?.(node, source, parent) ?? [];
