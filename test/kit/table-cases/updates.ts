import { caseKey, caseRow, n, refusal, run, s, type TableCase, type Values } from './table-case.ts';

const written = (set: object, gone: readonly string[] = []) => ({
  output: {
    Attributes: Object.fromEntries(
      Object.entries({ ...caseRow, ...set }).filter(([name]) => !gone.includes(name)),
    ),
  },
});

const update = (
  UpdateExpression: string,
  values: Values | undefined,
  answer: object,
  more: object = {},
): TableCase => ({
  what: `UpdateItem ${UpdateExpression}`,
  action: 'UpdateItem',
  input: {
    Key: caseKey,
    UpdateExpression,
    ...(values && { ExpressionAttributeValues: values }),
    ReturnValues: 'ALL_NEW',
    ...more,
  },
  answer,
});

const invalidUpdate = (expression: string, values: Values | undefined, why: string, more = {}) =>
  update(expression, values, refusal(`Invalid UpdateExpression: ${why}`), more);

/** Updates of the row, with the row that each leaves, or why it is refused. */
export const updates: readonly TableCase[] = [
  update(
    'SET revision = :r, phase = :p REMOVE held, absent',
    { ':r': n(8), ':p': s('FAILED') },
    written({ revision: n(8), phase: s('FAILED') }, ['held']),
  ),
  update('set revision = revision + :r', { ':r': n('0.5') }, written({ revision: n('7.5') })),
  update('SET revision = :r - revision', { ':r': n(10) }, written({ revision: n(3) })),
  update('SET rings = if_not_exists(rings, :zero)', { ':zero': n(0) }, written({ rings: n(0) })),
  update('SET revision = if_not_exists(revision, :z)', { ':z': n(0) }, written({})),
  update(
    'SET runs = list_append(runs, :more)',
    { ':more': { L: [run(4)] } },
    written({
      runs: { L: [run(1), run(2), run(3), run(4)] },
    }),
  ),
  update(
    'SET runs[1].run = :r',
    { ':r': n(9) },
    written({ runs: { L: [run(1), run(9), run(3)] } }),
  ),
  update(
    'SET runs[9] = :r',
    { ':r': run(4) },
    written({
      runs: { L: [run(1), run(2), run(3), run(4)] },
    }),
  ),
  {
    ...update('REMOVE runs[0], runs[1]', undefined, written({ runs: { L: [run(3)] } })),
    locally: 'it removes one after the other, and so other ones',
  },
  update(
    'SET place.gpu = :g REMOVE place.cpu',
    { ':g': s('g6') },
    written({
      place: { M: { gpu: s('g6') } },
    }),
  ),
  update('SET #s = :v', { ':v': s('x') }, written({ status: s('x') }), {
    ExpressionAttributeNames: { '#s': 'status' },
  }),
  update('ADD revision :one, hits :one', { ':one': n(1) }, written({ revision: n(8), hits: n(1) })),
  update('ADD tags :t', { ':t': { SS: ['c'] } }, written({ tags: { SS: ['a', 'b', 'c'] } })),
  update('DELETE tags :t', { ':t': { SS: ['a', 'z'] } }, written({ tags: { SS: ['b'] } })),
  update('DELETE tags :t', { ':t': { SS: ['a', 'b'] } }, written({}, ['tags'])),
  invalidUpdate(
    'SET status = :v',
    { ':v': s('x') },
    'Attribute name is a reserved keyword; reserved keyword: status',
  ),
  invalidUpdate(
    'REMOVE hold',
    undefined,
    'Attribute name is a reserved keyword; reserved keyword: hold',
  ),
  {
    ...invalidUpdate(
      'SET revision = :v, REMOVE phase',
      { ':v': n(1) },
      'Syntax error; token: "phase", near: "REMOVE phase"',
    ),
    locally: 'the parser words the end of a syntax error in its own way',
  },
  invalidUpdate(
    'SET revision = :w',
    { ':v': n(1) },
    'An expression attribute value used in expression is not defined; attribute value: :w',
  ),
  invalidUpdate(
    'SET #r = :v',
    { ':v': n(1) },
    'An expression attribute name used in the document path is not defined; attribute name: #r',
  ),
  update(
    'SET revision = :v',
    { ':v': n(1), ':w': n(2) },
    refusal('Value provided in ExpressionAttributeValues unused in expressions: keys: {:w}'),
  ),
  invalidUpdate(
    'SET revision = :v REMOVE revision',
    { ':v': n(1) },
    'Two document paths overlap with each other; must remove or rewrite one of these paths; path one: [revision], path two: [revision]',
  ),
  invalidUpdate(
    'SET place = :v, place.gpu = :v',
    { ':v': n(1) },
    'Two document paths overlap with each other; must remove or rewrite one of these paths; path one: [place], path two: [place, gpu]',
  ),
  invalidUpdate(
    'SET revision = :v SET phase = :v',
    { ':v': s('x') },
    'The "SET" section can only be used once in an update expression;',
  ),
  invalidUpdate(
    'SET revision = twice(:v)',
    { ':v': n(1) },
    'Invalid function name; function: twice',
  ),
  update(
    'SET taskId = :v',
    { ':v': s('x') },
    refusal(
      'One or more parameter values were invalid: Cannot update attribute taskId. This attribute is part of the key',
    ),
  ),
  update(
    'SET rings = absent',
    undefined,
    refusal('The provided expression refers to an attribute that does not exist in the item'),
  ),
  update(
    'SET absent.deep = :v',
    { ':v': n(1) },
    refusal('The document path provided in the update expression is invalid for update'),
  ),
  update(
    'SET revision = phase + :v',
    { ':v': n(1) },
    refusal('An operand in the update expression has an incorrect data type'),
  ),
  update(
    'SET payload = :v',
    { ':v': { B: new Uint8Array(410_000) } },
    refusal('Item size to update has exceeded the maximum allowed size'),
  ),
];
