import { caseKey, caseRow, n, refusal, run, s, type TableCase, type Values } from './table-case.ts';

const query = (more: object, values: Values, answer: object): TableCase => ({
  what: `Query ${JSON.stringify(more)} of ${JSON.stringify(values)}`,
  action: 'Query',
  input: { IndexName: 'by-phase', ExpressionAttributeValues: values, ...more },
  answer,
});

const found = { output: { Count: 1, ScannedCount: 1, Items: [caseRow] } };
const nothing = { output: { Count: 0, ScannedCount: 0, Items: [] } };
const queued = { ':p': s('QUEUED') };
const since = { ...queued, ':t': s('2026-01-01') };

/** Queries of the index, and of the table. */
export const queries: readonly TableCase[] = [
  query({ KeyConditionExpression: 'phase = :p' }, queued, found),
  query({ KeyConditionExpression: ':p = phase' }, queued, found),
  query({ KeyConditionExpression: 'phase = :p AND updatedAt <= :t' }, since, found),
  query({ KeyConditionExpression: 'updatedAt > :t AND phase = :p' }, since, nothing),
  query({ KeyConditionExpression: 'phase = :p AND begins_with(updatedAt, :t)' }, since, found),
  query({ KeyConditionExpression: 'phase = :p AND updatedAt BETWEEN :t AND :t' }, since, found),
  query(
    { KeyConditionExpression: 'phase = :p', ProjectionExpression: 'taskId, runs[1], place.gpu' },
    queued,
    {
      output: {
        Items: [{ ...caseKey, runs: { L: [run(2)] }, place: { M: { gpu: s('g5') } } }],
      },
    },
  ),
  query(
    { KeyConditionExpression: 'phase = :p', FilterExpression: 'revision = :r' },
    { ...queued, ':r': n(8) },
    { output: { Count: 0, ScannedCount: 1, Items: [] } },
  ),
  query({ KeyConditionExpression: 'phase = :p', Select: 'COUNT' }, queued, {
    output: { Count: 1 },
  }),
  query({ KeyConditionExpression: 'phase = :p', Limit: 1 }, queued, {
    output: {
      Items: [caseRow],
      LastEvaluatedKey: { ...caseKey, phase: caseRow.phase, updatedAt: caseRow.updatedAt },
    },
  }),
  query(
    { KeyConditionExpression: 'taskId = :p', IndexName: undefined },
    { ':p': s('film-1') },
    found,
  ),
  query(
    { KeyConditionExpression: 'phase > :p' },
    queued,
    refusal('Query key condition not supported'),
  ),
  query(
    { KeyConditionExpression: 'updatedAt = :p' },
    queued,
    refusal('Query condition missed key schema element: phase'),
  ),
  query(
    { KeyConditionExpression: 'phase = :p OR updatedAt = :t' },
    since,
    refusal('Invalid operator used in KeyConditionExpression: OR'),
  ),
  query(
    { KeyConditionExpression: 'phase = :p' },
    { ':p': n(1) },
    refusal(
      'One or more parameter values were invalid: Condition parameter type does not match schema type',
    ),
  ),
  query(
    { KeyConditionExpression: 'phase = :p', IndexName: 'none' },
    queued,
    refusal('The table does not have the specified index: none'),
  ),
  query(
    { KeyConditionExpression: 'phase = :p', ConsistentRead: true },
    queued,
    refusal('Consistent reads are not supported on global secondary indexes'),
  ),
  query(
    { KeyConditionExpression: 'phase = :p', ExclusiveStartKey: caseKey },
    queued,
    refusal('The provided starting key is invalid'),
  ),
];
