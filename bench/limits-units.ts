import { parseArgs } from 'node:util';
import { errorMessage } from '../shared/core/error-message.ts';
import { mostOfStage, mostRunning } from '../shared/core/limit.ts';
import { present } from '../shared/core/present.ts';
import { type SimulatedOutcome, simulateLimit } from './limits/simulate.ts';
import { unitsOfPartition } from './limits/write-units.ts';
import { numberGiven } from './numbers.ts';

const readOptions = () => {
  const { values } = parseArgs({
    options: {
      'max-running': { type: 'string' },
      // The limit is that of the whole stage, and so many tools share it.
      'stage-tools': { type: 'string' },
      'tasks-per-second': { type: 'string', default: '24' },
      'launches-per-second': { type: 'string', default: '26' },
      seconds: { type: 'string', default: '30' },
      tenants: { type: 'string', default: '5' },
    },
  });
  const whole = (name: keyof typeof values, most: number, otherwise = ''): number =>
    Math.trunc(numberGiven(`--${name}`, values[name] ?? otherwise, most));
  const isOfStage = values['stage-tools'] !== undefined;
  const most = isOfStage ? mostOfStage : mostRunning;
  return {
    maxRunning: whole('max-running', most, `${most}`),
    ...present({ stageTools: isOfStage ? whole('stage-tools', 50) : undefined }),
    tasksPerSecond: whole('tasks-per-second', 100),
    // More than ECS takes in most accounts, so that it shows what the item carries, and not how fast dispatch may launch.
    launchesPerSecond: whole('launches-per-second', 100),
    seconds: whole('seconds', 600),
    tenants: whole('tenants', 100),
  };
};

/** From the end of a run until the next one has its place and has started, with the latencies of the model. */
const handOverMs = 1_700;

/**
 * Measures what the item of a limit costs, once while places are free and once while tasks wait for them. Runs in virtual time over
 * the models, with assumed latencies, so that it measures the design and not the machine.
 */
const bench = async (): Promise<void> => {
  const options = readOptions();
  const { maxRunning, tasksPerSecond } = options;
  // So long a place is held when the limit carries the rate exactly: by the run, and until the next one has started.
  const heldMs = (maxRunning / tasksPerSecond) * 1_000;
  const load = { ...options, messages: 100, events: 10, settles: 5 };
  const outcomes = {
    'no task waits': await simulateLimit({ ...load, runMs: heldMs * 0.85, waiting: 0 }),
    'tasks wait': await simulateLimit({
      ...load,
      runMs: Math.max(heldMs - handOverMs, heldMs / 2),
      waiting: maxRunning / 2,
    }),
  };
  console.table([options]);
  console.table(outcomes);
  const faults = Object.entries(outcomes).flatMap(([name, one]) => faultsOf(name, one, options));
  if (faults.length > 0) throw new Error(`${faults.join('; ')}.`);
};

/** So much of the rate must pass, although the partition refuses what is above its units. */
const leastShare = 0.6;
/** A limit must carry so many tasks a second with the units of its partition. */
const leastCarried = 20;

const faultsOf = (
  name: string,
  { launchedASecond, mostAtOnce, unitsATask }: SimulatedOutcome,
  { maxRunning, tasksPerSecond }: { readonly maxRunning: number; readonly tasksPerSecond: number },
): readonly string[] => [
  ...(launchedASecond >= leastShare * tasksPerSecond
    ? []
    : [
        `${name}: at least ${leastShare * tasksPerSecond} runs a second must be launched, but ${launchedASecond} were`,
      ]),
  ...(unitsATask * leastCarried <= unitsOfPartition
    ? []
    : [
        `${name}: a task may cost ${unitsOfPartition / leastCarried} write units, but costs ${unitsATask}`,
      ]),
  ...(mostAtOnce <= maxRunning
    ? []
    : [`${name}: at most ${maxRunning} runs may live at once, but ${mostAtOnce} did`]),
];

bench().catch((error: unknown) => {
  process.stderr.write(`${errorMessage(error)}\n`);
  process.exitCode = 1;
});
