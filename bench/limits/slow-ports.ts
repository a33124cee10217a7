import { bytesOfMap } from '../../models/dynamodb/limits.ts';
import type { LaunchPorts } from '../../shared/flows/decide-launch.ts';
import { placesOf } from '../../shared/flows/places.ts';
import type { SweepPorts } from '../../shared/flows/sweep.ts';
import type { Limits } from '../../shared/ports/limits.ts';
import type { World } from '../../test/kit/world.ts';
import { slow } from '../sweep/slow.ts';
import { partitionOf } from './partition.ts';
import { type ItemWrite, unitsOf, unitsOfPartition } from './write-units.ts';

/** The milliseconds of each call: assumed, not measured. */
const tableMs = { read: 5, create: 10, save: 10, due: 50, inPhase: 50 };
const limitMs = { read: 5, save: 10, remove: 10, names: 20, waiting: 10 };
const ecsMs = { launch: 200, describe: 150, list: 150, traces: 150, stop: 100 };
const brokerMs = { ring: 5, bury: 5, announce: 5, reply: 5 };

/** The limits of a world, whose writes of one item cost units of its partition and are noted. */
export const countedItem = ({ clock, tasks, limits }: World, itemKey: string) => {
  const writes: ItemWrite[] = [];
  const partition = partitionOf(clock, unitsOfPartition);
  const itemBytes = (): number => bytesOfMap(tasks.item(itemKey) ?? {});
  const save: Limits['save'] = async (next, was) => {
    await partition.take(unitsOf(itemBytes()));
    const before = itemBytes();
    const isSaved = await limits.save(next, was);
    const bytes = isSaved ? Math.max(before, itemBytes()) : before;
    writes.push({ at: clock.now(), bytes, isLost: !isSaved });
    return isSaved;
  };
  return { limits: { ...limits, save }, writes, refusals: partition.refusals };
};

/** The ports of each invocation, with the latencies of AWS: what it writes gathers only with what it writes itself. */
export const slowPorts = (
  { clock, ports }: World,
  limits: Limits,
): (() => LaunchPorts & SweepPorts) => {
  const { sha256, log } = ports;
  const all: LaunchPorts & SweepPorts = {
    ...ports,
    tasks: slow(ports.tasks, clock, tableMs),
    runs: slow(ports.runs, clock, ecsMs),
    broker: slow(ports.broker, clock, brokerMs),
    limits: slow(limits, clock, limitMs),
  };
  return () => ({ ...all, places: placesOf({ ...all, sha256, log }) });
};
