import {
  type Cursor,
  nextText,
  nextWord,
  noteFault,
  noteSyntaxFault,
  parsedBy,
  readHolder,
  readList,
  readPath,
  readPlainOperand,
  take,
  takeIf,
  textAfter,
} from './cursor.ts';
import type { Assigned, Change, Path } from './tree.ts';

/** Reads a whole update: developer guide, "Using update expressions". */
export const parseUpdate = parsedBy<readonly Change[]>((cursor) => {
  const changes: Change[] = [];
  const seen = new Set<string>();
  do {
    const section = nextWord(cursor);
    const read = sections.get(section);
    if (read === undefined) return noteSyntaxFault(cursor);
    if (seen.has(section)) {
      const why = `The "${section}" section can only be used once in an update expression;`;
      noteFault(cursor, 'section', why);
    }
    seen.add(section);
    cursor.at += 1;
    const list = readList(cursor, read);
    if (list === undefined) return undefined;
    changes.push(...list);
  } while (nextText(cursor) !== '');
  return changes;
});

/** Reads a list of paths, for example `taskId, run`. */
export const parseProjection = parsedBy<readonly Path[]>((cursor) => readList(cursor, readPath));

const readSet = (cursor: Cursor): Change | undefined => {
  const path = readPath(cursor);
  if (path === undefined || !take(cursor, '=')) return undefined;
  const to = readAssigned(cursor);
  return to === undefined ? undefined : { kind: 'set', path, to };
};

const readRemove = (cursor: Cursor): Change | undefined => {
  const path = readPath(cursor);
  return path === undefined ? undefined : { kind: 'remove', path };
};

const readChangeBy =
  (kind: 'add' | 'delete') =>
  (cursor: Cursor): Change | undefined => {
    const path = readPath(cursor);
    if (path === undefined) return undefined;
    const holder = readHolder(cursor);
    return holder === undefined ? undefined : { kind, path, holder };
  };

const sections: ReadonlyMap<string, (cursor: Cursor) => Change | undefined> = new Map([
  ['SET', readSet],
  ['REMOVE', readRemove],
  ['ADD', readChangeBy('add')],
  ['DELETE', readChangeBy('delete')],
]);

const readAssigned = (cursor: Cursor): Assigned | undefined => {
  const left = readTerm(cursor);
  if (left === undefined) return undefined;
  const kind = nextText(cursor) === '+' ? 'plus' : 'minus';
  if (!takeIf(cursor, '+') && !takeIf(cursor, '-')) return left;
  const right = readTerm(cursor);
  return right === undefined ? undefined : { kind, left, right };
};

const readTerm = (cursor: Cursor): Assigned | undefined => {
  if (takeIf(cursor, '(')) {
    const inside = readAssigned(cursor);
    return inside !== undefined && take(cursor, ')') ? inside : undefined;
  }
  return textAfter(cursor) === '(' ? readFunction(cursor) : readPlainOperand(cursor);
};

const readFunction = (cursor: Cursor): Assigned | undefined => {
  const name = nextText(cursor);
  cursor.at += 2;
  const args = readList(cursor, readTerm);
  if (args === undefined || !take(cursor, ')')) return undefined;
  const [left, right] = args;
  if (name !== 'if_not_exists' && name !== 'list_append') {
    noteFault(cursor, 'name', `Invalid function name; function: ${name}`);
    return left;
  }
  if (left === undefined || right === undefined || args.length !== 2) {
    const why = `Incorrect number of operands for operator or function; operator or function: ${name}, number of operands: ${args.length}`;
    noteFault(cursor, 'operands', why);
    return left;
  }
  if (name === 'list_append') return { kind: 'list_append', left, right };
  if (left.kind === 'path') return { kind: 'if_not_exists', path: left.path, otherwise: right };
  const why = `Operator or function requires a document path; operator or function: ${name}`;
  noteFault(cursor, 'operands', why);
  return left;
};
