import { setTimeout } from 'node:timers/promises';
import { isObject } from '../../shared/core/object.ts';
import type { WireAnswer } from '../endpoint/call.ts';
import { type JsonObject, text } from '../endpoint/input.ts';
import { objectOf } from '../endpoint/json-protocol.ts';
import { type Engine, encoded } from './engine.ts';
import type { TableSpec } from './plan.ts';

/** Creates the tables as the template has them now, with the items that they held. */
export const createTables = async (engine: Engine, tables: readonly TableSpec[]): Promise<void> => {
  const names = tables.map(({ input }) => text(input, 'TableName'));
  for (const [index, { input }] of tables.entries()) {
    const created = await engine.call('CreateTable', encoded(input));
    const name = names[index] ?? '';
    if (created.status !== 200) {
      throw new Error(`Table ${name} could not be created: ${created.body}`);
    }
    while (!(await isActive(engine, name))) await setTimeout(5);
  }
  await engine.restore(names);
};

const isActive = async (engine: Engine, name: string): Promise<boolean> => {
  const table = parsed(await engine.call('DescribeTable', encoded({ TableName: name }))).Table;
  return isObject(table) && table.TableStatus === 'ACTIVE';
};

const parsed = (answer: WireAnswer): JsonObject => objectOf(Buffer.from(answer.body));
