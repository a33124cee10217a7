import {
  type Cursor,
  nextText,
  nextWord,
  noteFault,
  noteSyntaxFault,
  parsedBy,
  readList,
  readPlainOperand,
  take,
  takeIf,
  textAfter,
} from './cursor.ts';
import type { Comparator, Condition, ConditionFunction, Operand } from './tree.ts';

/** Reads a whole condition: developer guide, "Condition and filter expressions, operators, and functions". */
export const parseCondition = parsedBy<Condition>((cursor) => readOr(cursor));

const readOr = (cursor: Cursor): Condition | undefined => readChain(cursor, 'OR', readAnd);

const readAnd = (cursor: Cursor): Condition | undefined => readChain(cursor, 'AND', readNot);

const readChain = (
  cursor: Cursor,
  word: 'AND' | 'OR',
  readPart: (cursor: Cursor) => Condition | undefined,
): Condition | undefined => {
  const parts: Condition[] = [];
  do {
    const part = readPart(cursor);
    if (part === undefined) return undefined;
    parts.push(part);
  } while (takeIf(cursor, word));
  const [first] = parts;
  if (parts.length === 1) return first;
  return { kind: word === 'AND' ? 'and' : 'or', parts };
};

const readNot = (cursor: Cursor): Condition | undefined => {
  if (nextWord(cursor) !== 'NOT') return readSimple(cursor);
  cursor.at += 1;
  const part = readNot(cursor);
  return part === undefined ? undefined : { kind: 'not', part };
};

const readSimple = (cursor: Cursor): Condition | undefined => {
  if (nextText(cursor) === '(') return readInParentheses(cursor);
  if (textAfter(cursor) === '(' && nextText(cursor) !== 'size') return readFunction(cursor);
  const left = readOperand(cursor);
  return left === undefined ? undefined : readComparison(cursor, left);
};

const readInParentheses = (cursor: Cursor): Condition | undefined => {
  cursor.at += 1;
  const begin = cursor.at;
  const isTwice = nextText(cursor) === '(';
  const condition = readOr(cursor);
  if (condition === undefined) return undefined;
  if (isTwice && closingOf(cursor, begin) === cursor.at - 1 && nextText(cursor) === ')') {
    noteFault(cursor, 'parentheses', 'The expression has redundant parentheses;');
  }
  return take(cursor, ')') ? condition : undefined;
};

/** Where the parenthesis that opens at `begin` is closed. */
const closingOf = ({ tokens }: Cursor, begin: number): number => {
  let depth = 0;
  for (let at = begin; at < tokens.length; at += 1) {
    const text = tokens[at]?.text;
    if (text === '(') depth += 1;
    if (text === ')') depth -= 1;
    if (depth === 0) return at;
  }
  return -1;
};

const readComparison = (cursor: Cursor, left: Operand): Condition | undefined => {
  const comparator = comparators.find((each) => each === nextText(cursor));
  if (comparator !== undefined) {
    cursor.at += 1;
    const right = readOperand(cursor);
    return right === undefined ? undefined : { kind: 'compare', comparator, left, right };
  }
  if (takeIf(cursor, 'BETWEEN')) return readBetween(cursor, left);
  return takeIf(cursor, 'IN') ? readIn(cursor, left) : noteSyntaxFault(cursor);
};

const comparators: readonly Comparator[] = ['=', '<>', '<', '<=', '>', '>='];

const readBetween = (cursor: Cursor, value: Operand): Condition | undefined => {
  const low = readOperand(cursor);
  if (low === undefined || !take(cursor, 'AND')) return undefined;
  const high = readOperand(cursor);
  return high === undefined ? undefined : { kind: 'between', value, low, high };
};

const readIn = (cursor: Cursor, value: Operand): Condition | undefined => {
  if (!take(cursor, '(')) return undefined;
  const options = readList(cursor, readOperand);
  return options !== undefined && take(cursor, ')') ? { kind: 'in', value, options } : undefined;
};

const readOperand = (cursor: Cursor): Operand | undefined => {
  if (textAfter(cursor) !== '(') return readPlainOperand(cursor);
  const name = nextText(cursor);
  const args = readArguments(cursor);
  if (args === undefined) return undefined;
  if (name !== 'size') {
    const known = operandCounts.has(name);
    const why = known
      ? `The function is not allowed to be used this way in an expression; function: ${name}`
      : `Invalid function name; function: ${name}`;
    noteFault(cursor, known ? 'misuse' : 'name', why);
  }
  return sizeOf(cursor, args);
};

const sizeOf = (cursor: Cursor, args: readonly Operand[]): Operand | undefined => {
  const [of] = args;
  noteOperandCount(cursor, 'size', args);
  return of === undefined ? undefined : { kind: 'size', of };
};

const readFunction = (cursor: Cursor): Condition | undefined => {
  const name = nextText(cursor);
  const args = readArguments(cursor);
  if (args === undefined) return undefined;
  const known = functions.find((each) => each === name);
  if (known === undefined) noteFault(cursor, 'name', `Invalid function name; function: ${name}`);
  else noteOperandCount(cursor, known, args);
  const [first, second] = args;
  if (first === undefined) return undefined;
  const condition = { kind: 'function', name: known ?? 'contains', first } as const;
  return second === undefined ? condition : { ...condition, second };
};

const readArguments = (cursor: Cursor): readonly Operand[] | undefined => {
  cursor.at += 2;
  const args = readList(cursor, readOperand);
  return args !== undefined && take(cursor, ')') ? args : undefined;
};

const operandCounts: ReadonlyMap<string, number> = new Map([
  ['attribute_exists', 1],
  ['attribute_not_exists', 1],
  ['attribute_type', 2],
  ['begins_with', 2],
  ['contains', 2],
  ['size', 1],
]);

const functions: readonly ConditionFunction[] = [
  'attribute_exists',
  'attribute_not_exists',
  'attribute_type',
  'begins_with',
  'contains',
];

const noteOperandCount = (cursor: Cursor, name: string, args: readonly Operand[]): void => {
  const [first] = args;
  if (operandCounts.get(name) !== args.length) {
    const why = `Incorrect number of operands for operator or function; operator or function: ${name}, number of operands: ${args.length}`;
    noteFault(cursor, 'operands', why);
  } else if (name.endsWith('_exists') && first?.kind !== 'path') {
    const why = `Operator or function requires a document path; operator or function: ${name}`;
    noteFault(cursor, 'operands', why);
  }
};
