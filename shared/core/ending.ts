import type { StopEvidence } from './fact.ts';
import type { Verdict } from './run-record.ts';
import { startFaultOf } from './start-failures.ts';
import type { Stopping } from './task-parts.ts';
import type { ExitRule } from './tool.ts';

/** How a run ended: who is responsible, why, and whether this ends the task. */
export interface Ending {
  readonly verdict: Verdict;
  readonly why: string;
  /** `fail`: another run could not help, or is not allowed. Absent: it depends on the budgets. */
  readonly final?: 'succeed' | 'fail' | 'cancel';
}

/** What is known about the run, besides what ECS says. */
export interface RunContext {
  readonly wasRunning: boolean;
  readonly stopping?: Stopping;
  readonly exitCodes: Readonly<Record<string, ExitRule>>;
}

/** How a run ended. The first that applies decides: success, a stop by Davit, the stop code, the exit code. */
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

// After a cancel, any end counts as its end. The other stops count only where ECS says that the run was stopped by us.
const stoppedByUs = (stop: StopEvidence, { stopping }: RunContext): Ending | undefined => {
  if (stopping === undefined) return undefined;
  if (stopping.why === 'cancel') {
    return { verdict: 'cancelled', why: stopping.reason ?? 'cancelled', final: 'cancel' };
  }
  return stop.stopCode === 'UserInitiated' ? ownStops[stopping.why] : undefined;
};

const byStopCode = (stop: StopEvidence, run: RunContext): Ending => {
  const reason = stop.containerReason ?? stop.stoppedReason;
  switch (stop.stopCode) {
    case 'EssentialContainerExited':
      return byExitCode(stop, run);
    case 'TaskFailedToStart':
      return failedToStart(wordsOf(stop), run);
    case 'UserInitiated':
      return platform(run, `stopped by someone else${reason ? ` (${reason})` : ''}`);
    default:
      return platform(
        run,
        reason ?? `stopped by the platform (${stop.stopCode ?? 'no stop code'})`,
      );
  }
};

// The container never started, although some agents give it an exit code (amazon-ecs-agent#218: 128).
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

// Container hosts give the reason for the container, Fargate for the task and the container.
const wordsOf = ({ stoppedReason, containerReason }: StopEvidence): string =>
  [...new Set([stoppedReason, containerReason])].filter(Boolean).join(' ');

const failedToStart = (words: string, run: RunContext): Ending => {
  const fault = startFaultOf(words);
  if (fault === 'platform') {
    return platform(run, words === '' ? 'did not start, and ECS does not say why' : words);
  }
  return { verdict: fault, why: fault === 'outOfMemory' ? 'out of memory at its start' : words };
};

const platform = (run: RunContext, why: string): Ending => ({
  verdict: run.wasRunning ? 'reclaimed' : 'platform',
  why,
});

const noExitCode = (words: string, run: RunContext): Ending =>
  startFaultOf(words) === 'release'
    ? { verdict: 'release', why: words }
    : platform(run, words === '' ? 'ended without an exit code' : `no exit code: ${words}`);
