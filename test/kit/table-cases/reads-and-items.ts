import { caseKey, caseRow, n, refusal, s, type TableCase } from './table-case.ts';

const get = (input: object, answer: object): TableCase => ({
  what: `GetItem ${JSON.stringify(input)}`,
  action: 'GetItem',
  input: { Key: caseKey, ConsistentRead: true, ...input },
  answer,
});

const put = (what: string, Item: object, message: string): TableCase => ({
  what: `PutItem of ${what}`,
  action: 'PutItem',
  input: { Item },
  answer: refusal(message),
});

const wrongKey = refusal('The provided key element does not match the schema');

/** Reads of the row, and items that are refused. */
export const readsAndItems: readonly TableCase[] = [
  get({}, { output: { Item: caseRow } }),
  get({ ProjectionExpression: 'revision, absent' }, { output: { Item: { revision: n(7) } } }),
  get({ Key: { taskId: s('none') } }, { output: {} }),
  get({ Key: { taskId: n(1) } }, wrongKey),
  get({ Key: { ...caseKey, run: n(1) } }, wrongKey),
  get(
    { ProjectionExpression: 'status' },
    refusal(
      'Invalid ProjectionExpression: Attribute name is a reserved keyword; reserved keyword: status',
    ),
  ),
  put(
    'an item without its key',
    { run: n(1) },
    'One or more parameter values were invalid: Missing the key taskId in the item',
  ),
  put(
    'a key of another type',
    { taskId: n(1) },
    'One or more parameter values were invalid: Type mismatch for key taskId expected: S actual: N',
  ),
  put(
    'an index key of another type',
    { ...caseKey, phase: n(1) },
    'One or more parameter values were invalid: Type mismatch for Index Key phase Expected: S Actual: N IndexName: by-phase',
  ),
  put(
    'an empty key',
    { taskId: s('') },
    'One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty string value. Key: taskId',
  ),
  put(
    'a number that is none',
    { ...caseKey, run: n('one') },
    'The parameter cannot be converted to a numeric value: one',
  ),
  put(
    'a number with 39 digits',
    { ...caseKey, run: n('1'.repeat(39)) },
    'Attempting to store more than 38 significant digits in a Number',
  ),
  put(
    'an item over 400 KB',
    { ...caseKey, payload: s('x'.repeat(410_000)) },
    'Item size has exceeded the maximum allowed size',
  ),
];
