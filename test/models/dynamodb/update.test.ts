import { describe, expect, it } from 'vitest';
import type { Schema } from '../../../models/dynamodb/schema.ts';
import { put, update } from '../../../models/dynamodb/update.ts';

const schema: Schema = {
  keys: { partition: { name: 'taskId', type: 'S' } },
  indexes: [
    {
      name: 'by-phase',
      partition: { name: 'phase', type: 'S' },
      sort: { name: 'updatedAt', type: 'S' },
      projected: 'all',
    },
  ],
};
const row = { taskId: { S: 'film-1' }, phase: { S: 'QUEUED' }, rings: { N: '1' } };

const deep = (levels: number): object =>
  levels === 0 ? { S: 'x' } : { M: { n: deep(levels - 1) } };

const updated = (expression: string, values: Record<string, object> = {}) =>
  update<object>(row, { expression, values }, schema);

describe('the model of DynamoDB’s writes', () => {
  it('sets and removes the attributes of the expression, and keeps the others', () => {
    const values = { ':phase': { S: 'FAILED' }, ':run': { N: '2' } };
    expect(updated('SET phase = :phase, run = :run REMOVE rings', values)).toEqual({
      item: { taskId: { S: 'film-1' }, phase: { S: 'FAILED' }, run: { N: '2' } },
    });
  });

  it.each([
    ['a reserved word', 'SET status = :v', /reserved keyword: status/],
    ['a reserved word that is removed', 'SET run = :v REMOVE hold', /reserved keyword: hold/],
    ['the key', 'SET taskId = :v', /part of the key/],
    ['an attribute twice', 'SET run = :v REMOVE run', /overlap/],
    ['a missing value', 'SET run = :w', /not defined; attribute value: :w/],
    ['an expression with a syntax error', 'SET run :v', /Syntax error/],
  ])('refuses an update with %s', (_what, expression, why) => {
    expect(updated(expression, { ':v': { N: '1' } })).toEqual({
      refused: expect.stringMatching(why),
    });
  });

  it.each([
    ['an item over 400 KB', { payload: { B: new Uint8Array(410_000) } }, /^Item size has exceeded/],
    ['an empty key', { taskId: { S: '' } }, /empty string value. Key: taskId/],
    ['an empty key of an index', { phase: { S: '' } }, /IndexName: by-phase, IndexKey: phase/],
    ['a long key', { taskId: { S: 'x'.repeat(2049) } }, /hashkey .* 2048 bytes/],
    ['a long sort key of an index', { updatedAt: { S: 'x'.repeat(1025) } }, /rangekey .* 1024/],
    ['a deep value', { runs: deep(32) }, /^Nesting Levels/],
    ['an empty set', { names: { SS: [] } }, /may not be empty/],
    ['a number that is too large', { run: { N: '1e126' } }, /^Number overflow/],
    ['a number that is too small', { run: { N: '1e-131' } }, /^Number underflow/],
  ])('refuses %s', (_what, attributes, why) => {
    const item: Record<string, object> = { ...row, ...attributes };
    expect(put(item, schema)).toEqual({ refused: expect.stringMatching(why) });
  });

  it('accepts an item up to the limits', () => {
    const item = { ...row, payload: { B: new Uint8Array(400_000) }, runs: deep(31) };
    expect(put<object>(item, schema)).toEqual({ item });
    const grown = updated('SET payload = :v', { ':v': { B: new Uint8Array(410_000) } });
    expect(grown).toEqual({ refused: expect.stringMatching(/^Item size to update/) });
  });
});
