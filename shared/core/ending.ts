import type { StopEvidence } from './fact.ts';
import type { Verdict } from './run-record.ts';
import { startFaultOf } from './start-failures.ts';
import type { Stopping } from './task.ts';
import type { ExitRule } from './tool.ts';

/** How a run ended: who answers for it, in a sentence, and whether that alone ends the task. */
export interface Ending {
  readonly verdict: Verdict;
  readonly why: string;
  /** `fail`: another run could not help, or is not wanted. */
  readonly final?: 'succeed' | 'fail' | 'cancel';
}

/** What is known of the run beside ECS's word. */
export interface RunContext {
  readonly wasRunning: boolean;
  readonly stopping?: Stopping;
  readonly exitCodes: Readonly<Record<string, ExitRule>>;
}

/** Reads the end of a run in the design's order: success, our own stop, stop code, and only then the exit code. */
export const endingOf = (stop: StopEvidence, run: RunContext): Ending =>
  succeeded(stop, run) ?? stoppedByUs(stop, run) ?? byStopCode(stop, run);

const succeeded = (stop: StopEvidence, run: RunContext): Ending | undefined => {
  const won =
    rule(stop, run) === 'succeed' || (stop.exitCode === 0 && rule(stop, run) === undefined);
  return exited(stop) && won
    ? { verdict: 'succeeded', why: `exit ${stop.exitCode}`, final: 'succeed' }
    : undefined;
};

const rule = (stop: StopEvidence, run: RunContext): ExitRule | undefined =>
  stop.exitCode === undefined ? undefined : run.exitCodes[String(stop.exitCode)];

const exited = (stop: StopEvidence): boolean => stop.stopCode === 'EssentialContainerExited';

const ownStops: Readonly<Record<Exclude<Stopping['why'], 'cancel'>, Ending>> = {
  timeout: { verdict: 'timeout', why: 'ran longer than its timeout', final: 'fail' },
  startWithin: { verdict: 'startTimeout', why: 'did not run within startWithin', final: 'fail' },
  startTimeout: { verdict: 'startTimeout', why: 'did not start within startTimeout' },
};

// A cancel wanted any end; the others answer only for the end that we made.
const stoppedByUs = (stop: StopEvidence, { stopping }: RunContext): Ending | undefined => {
  if (stopping === undefined) return undefined;
  if (stopping.why === 'cancel') {
    return { verdict: 'cancelled', why: stopping.reason ?? 'cancelled', final: 'cancel' };
  }
  return stop.stopCode === 'UserInitiated' ? ownStops[stopping.why] : undefined;
};

const byStopCode = (stop: StopEvidence, run: RunContext): Ending => {
  const said = stop.containerReason ?? stop.stoppedReason;
  switch (stop.stopCode) {
    case 'EssentialContainerExited':
      return byExitCode(stop, run);
    case 'TaskFailedToStart':
      return failedToStart(wordsOf(stop), run);
    case 'UserInitiated':
      return platform(run, `stopped by somebody else${said ? ` (${said})` : ''}`);
    default:
      return platform(run, said ?? `stopped by the platform (${stop.stopCode ?? 'no stop code'})`);
  }
};

// Of a container that never was: some agents give it an exit code all the same (amazon-ecs-agent#218: 128).
const neverBegan = /^(CannotPull|CannotCreate|CannotStart|ResourceInitialization)\w*/;

const outOfMemory = /OutOfMemory|out of memory/i;

// sysexits.h: usage, data, no input, no permission, configuration. Trying again cannot help.
const hopeless = new Set([64, 65, 66, 77, 78]);

const byExitCode = (stop: StopEvidence, run: RunContext): Ending => {
  const words = wordsOf(stop);
  if (neverBegan.test(stop.containerReason ?? '')) return failedToStart(words, run);
  if (outOfMemory.test(words)) return { verdict: 'outOfMemory', why: 'out of memory' };
  if (stop.exitCode === undefined) return noExitCode(words, run);
  const why = `exit ${stop.exitCode}`;
  const asked = rule(stop, run);
  const fails = asked === 'fail' || (asked === undefined && hopeless.has(stop.exitCode));
  return fails ? { verdict: 'tool', why, final: 'fail' } : { verdict: 'tool', why };
};

// Hosts say it of the container, Fargate of both.
const wordsOf = ({ stoppedReason, containerReason }: StopEvidence): string =>
  [...new Set([stoppedReason, containerReason])].filter(Boolean).join(' ');

const failedToStart = (words: string, run: RunContext): Ending => {
  const fault = startFaultOf(words);
  if (fault === 'platform') {
    return platform(run, words === '' ? 'did not start, and ECS does not say why' : words);
  }
  return { verdict: fault, why: fault === 'outOfMemory' ? `out of memory at its start` : words };
};

const platform = (run: RunContext, why: string): Ending => ({
  verdict: run.wasRunning ? 'reclaimed' : 'platform',
  why,
});

const noExitCode = (words: string, run: RunContext): Ending =>
  startFaultOf(words) === 'release'
    ? { verdict: 'release', why: words }
    : platform(run, words === '' ? 'ended without an exit code' : `no exit code: ${words}`);
