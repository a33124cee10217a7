import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { itemBytes } from '../../test/kit/item-bytes.ts';
import { fieldsOf, listOf } from '../../test/simulation/fields.ts';
import { percentile } from '../numbers.ts';
import type { Call } from './calls.ts';
import type { CrowdWorld } from './world.ts';

const minute = 60_000;
const sweeps = 5;

/** What one sweep costs. */
export interface Cost {
  readonly calls: number;
  readonly readUnits: number;
  readonly kilobytes: number;
  readonly cpuMs: number;
  readonly lastsMs: number;
}

/** Sweeps half a minute after those of the schedule, so that each is alone. */
export const sweepCosts = async (world: CrowdWorld): Promise<readonly Cost[]> => {
  const costs: Cost[] = [];
  for (let n = 0; n < sweeps; n += 1) {
    await world.timeline.runUntil(Math.ceil(world.now() / minute) * minute + minute / 2);
    const [began, cpu] = [world.now(), process.cpuUsage()];
    const { calls, modelMs } = await world.calls.watch(async () => {
      let isOver = false;
      void world.invoke('sweep', {}).then(() => {
        isOver = true;
      });
      while (!isOver) await world.timeline.runUntil(world.now() + 10);
    });
    const { user, system } = process.cpuUsage(cpu);
    const bytes = calls.map(bytesOf);
    costs.push({
      calls: calls.length,
      readUnits: calls.reduce((sum, call, at) => sum + unitsOf(call, bytes[at] ?? 0), 0),
      kilobytes: bytes.reduce((sum, one) => sum + one, 0) / 1_024,
      cpuMs: (user + system) / 1_000 - modelMs,
      lastsMs: world.now() - began,
    });
  }
  return costs;
};

/** The median of one of the costs. */
export const medianOf = (costs: readonly Cost[], of: keyof Cost): number =>
  percentile(
    costs.map((cost) => cost[of]),
    50,
  );

const bytesOf = ({ outcome }: Call): number => {
  if (!outcome.ok) return 0;
  const { Item, Items } = fieldsOf(outcome.output);
  return [...(Item === undefined ? [] : [Item]), ...listOf(Items)]
    .map((item) => (isItem(item) ? itemBytes(unmarshall(item)) : 0))
    .reduce((sum, one) => sum + one, 0);
};

const isItem = (item: unknown): item is Record<string, AttributeValue> =>
  typeof item === 'object' && item !== null;

/** A read unit is 4 KB that are read consistently, or twice as much from an index (developer guide, read and write operations). */
const unitsOf = ({ name, input }: Call, bytes: number): number => {
  if (name !== 'GetItem' && name !== 'Query') return 0;
  const units = Math.max(1, Math.ceil(bytes / 4_096));
  return fieldsOf(input).ConsistentRead === true ? units : units / 2;
};
