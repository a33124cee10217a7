import { parseArgs } from 'node:util';
import { errorMessage } from '../shared/core/error-message.ts';
import { numberGiven } from './numbers.ts';
import { type Load, measure, type Outcome } from './sweep/measure.ts';
import { benchWorld } from './sweep/world.ts';

const readOptions = (): Load => {
  const { values } = parseArgs({
    options: {
      rows: { type: 'string', default: '100000' },
      overdue: { type: 'string' },
      lost: { type: 'string' },
      rate: { type: 'string', default: '10' },
    },
  });
  const rows = Math.trunc(numberGiven('--rows', values.rows, 200_000));
  const part = (name: string, text: string | undefined, share: number): number =>
    Math.trunc(numberGiven(name, text ?? `${Math.ceil(rows * share)}`, rows / 4));
  return {
    rows,
    overdue: part('--overdue', values.overdue, 0.05),
    lost: part('--lost', values.lost, 0.01),
    launchesASecond: Math.trunc(numberGiven('--rate', values.rate, 20)),
  };
};

/** The requirements that the outcome does not meet, as sentences. */
const faultsOf = (outcome: Outcome): readonly string[] => {
  const { stopsASecond, lostRepairedLast, longestSweep } = outcome;
  return [
    ...(stopsASecond >= 20 ? [] : [`20 stops a second must be made, but ${stopsASecond} were`]),
    ...(lostRepairedLast <= 600
      ? []
      : [`every lost event must be repaired within 600 s, but one took ${lostRepairedLast} s`]),
    // A sweep starts no call after 40 s; the calls that are under way then need a moment.
    ...(longestSweep <= 45 ? [] : [`a sweep must end within 45 s, but one took ${longestSweep} s`]),
  ];
};

/**
 * Measures how long sweeps take to repair many rows. Runs in virtual time over the model of ECS, with its request rates and with
 * assumed latencies, so that it measures the design and not the machine.
 */
const bench = async (): Promise<void> => {
  const load = readOptions();
  const log = (line: string): boolean => process.stderr.write(`${line}\n`);
  const outcome = await measure(benchWorld(), load, log);
  console.table([load]);
  console.table(outcome);
  const faults = faultsOf(outcome);
  if (faults.length > 0) throw new Error(`${faults.join('; ')}.`);
};

bench().catch((error: unknown) => {
  process.stderr.write(`${errorMessage(error)}\n`);
  process.exitCode = 1;
});
