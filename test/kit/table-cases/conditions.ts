import { caseKey, caseRow, n, refusal, run, s, type TableCase, type Values } from './table-case.ts';

const met = { ok: true };
const failed = refusal('The conditional request failed', 'ConditionalCheckFailedException');
const unmet = { error: { ...failed.error, extra: { Item: caseRow } } };

/** A condition that is judged on the row. */
const condition = (
  ConditionExpression: string,
  values: Values | undefined,
  answer: object,
): TableCase => ({
  what: `a condition ${ConditionExpression} of ${JSON.stringify(values)}`,
  action: 'DeleteItem',
  input: {
    Key: caseKey,
    ConditionExpression,
    ...(values && { ExpressionAttributeValues: values }),
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
  },
  answer,
});

const invalidCondition = (expression: string, values: Values | undefined, why: string) =>
  condition(expression, values, refusal(`Invalid ConditionExpression: ${why}`));

/** Conditions on the row: met, not met, or refused. */
export const conditions: readonly TableCase[] = [
  condition('attribute_not_exists(taskId)', undefined, unmet),
  condition('attribute_exists(runs[2].run)', undefined, met),
  condition('attribute_exists(runs[3])', undefined, unmet),
  condition('revision = :r', { ':r': n('7.0') }, met),
  condition('revision = :r', { ':r': s('7') }, unmet),
  condition('revision <> :r', { ':r': n(8) }, met),
  condition('absent <> :r', { ':r': n(8) }, met),
  condition('absent = :r', { ':r': n(8) }, unmet),
  condition('revision < :r', { ':r': n(10) }, met),
  condition('updatedAt >= :t', { ':t': s('2026-01-02') }, unmet),
  condition('revision > :r', { ':r': s('1') }, unmet),
  condition('NOT revision = :r AND held = :h', { ':r': n(8), ':h': { BOOL: true } }, met),
  condition(
    'held = :no OR (revision = :r AND phase = :p)',
    { ':no': { BOOL: false }, ':r': n(7), ':p': s('QUEUED') },
    met,
  ),
  condition(
    'held = :no AND revision = :r OR phase = :p',
    { ':no': { BOOL: false }, ':r': n(7), ':p': s('QUEUED') },
    met,
  ),
  condition('revision BETWEEN :a AND :b', { ':a': n(7), ':b': n(8) }, met),
  condition('phase IN (:a, :b)', { ':a': s('FAILED'), ':b': s('QUEUED') }, met),
  condition('tags = :t', { ':t': { SS: ['b', 'a'] } }, met),
  condition('runs = :l', { ':l': { L: [run(1), run(2)] } }, unmet),
  condition('payload = :b', { ':b': { B: new Uint8Array([1, 2, 255]) } }, met),
  condition('begins_with(updatedAt, :y)', { ':y': s('2026-') }, met),
  condition('contains(tags, :t)', { ':t': s('b') }, met),
  condition('contains(phase, :t)', { ':t': s('UEU') }, met),
  condition('attribute_type(revision, :n)', { ':n': s('N') }, met),
  condition('NOT attribute_type(revision, :n)', { ':n': s('S') }, met),
  condition('size(runs) = :n', { ':n': n(3) }, met),
  condition('size(payload) > :n', { ':n': n(3) }, unmet),
  invalidCondition(
    'state = :v',
    { ':v': s('x') },
    'Attribute name is a reserved keyword; reserved keyword: state',
  ),
  invalidCondition(
    'revision = :w',
    { ':v': n(1) },
    'An expression attribute value used in expression is not defined; attribute value: :w',
  ),
  invalidCondition('exists(phase)', undefined, 'Invalid function name; function: exists'),
  invalidCondition(
    'attribute_exists(phase, run)',
    undefined,
    'Incorrect number of operands for operator or function; operator or function: attribute_exists, number of operands: 2',
  ),
  invalidCondition(
    'begins_with(phase, :n)',
    { ':n': n(1) },
    'Incorrect operand type for operator or function; operator or function: begins_with, operand type: N',
  ),
  invalidCondition('((phase = :p))', { ':p': s('x') }, 'The expression has redundant parentheses;'),
  {
    ...invalidCondition(
      'revision == :r',
      { ':r': n(1) },
      'Syntax error; token: "=", near: "== :r"',
    ),
    locally: 'the parser words the end of a syntax error in its own way',
  },
  invalidCondition('', undefined, 'The expression can not be empty;'),
];
