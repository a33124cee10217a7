import { type Closures, choosePlacement } from './choose-placement.ts';
import type { Fact } from './fact.ts';
import { foreignDefinition } from './family.ts';
import { placementGate } from './gate-names.ts';
import { foreignHold, holdOrRelease, notYetLive } from './hold.ts';
import { launchOrder, type Site } from './launch-order.ts';
import { objectionTo } from './objection.ts';
import { present } from './present.ts';
import type { Request } from './request.ts';
import type { Queued } from './task.ts';
import type { Hold } from './task-parts.ts';
import type { Release, ToolState, VersionState } from './tool.ts';

/** What is known when it is decided whether a queued row may be launched. */
export interface LaunchFindings {
  readonly tool: ToolState;
  /** The version that the message asks for; absent when it names none, and when the row keeps a release. */
  readonly version?: VersionState;
  /** Reads the body of the message. Called at most once, and only when nothing else holds the row back. */
  readonly request: () => Request;
  /** The placements that are closed, and the deployment. */
  readonly closures: Closures;
  readonly stage: string;
  readonly site: Site;
  readonly now: number;
  readonly sha256: (text: string) => string;
}

/** The fact that a queued row gets when its launch is due. */
export interface LaunchFact {
  /** `launchDecided` with the order, `held` with what the row waits for, or `objected` with what is wrong with the message. */
  readonly fact: Fact;
  /** The closed gates that the launch tries: it is made only by the row that claims them. */
  readonly probes?: readonly string[];
  /** Why a person must check the release: it names a task definition that was not registered for this tool. */
  readonly foreign?: string;
}

/** When a row is asked again whose tool has nothing to run on: only another deployment changes that. */
const noPlaceMs = 10 * 60_000;

/** Decides whether a queued row is launched now, waits, or is refused. */
export const launchFact = (task: Queued, findings: LaunchFindings): LaunchFact => {
  const { tool, version, stage, now } = findings;
  const about = aboutOf(task, tool);
  const held = (hold: Hold): Fact => ({ kind: 'held', ...about, hold });

  const decision = holdOrRelease(task, present({ tool, version }), now);
  if (decision.kind === 'hold') return { fact: held(decision.hold) };

  const foreign = foreignDefinition({ stage, tool: task.tool }, decision.release);
  if (foreign !== undefined) {
    const advice = task.release ? 'cancel the task and submit it again' : 'pin the version again';
    return { fact: held(foreignHold(task.tool, `${foreign}: ${advice}`, now)), foreign };
  }

  const request = findings.request();
  const release = withOwnTimeout(decision.release, request);
  const misfit = misfitOf(task, request, decision.release);
  if (misfit !== undefined) {
    const refusal = tool.kind === 'known' ? tool.refusal : undefined;
    return version === undefined
      ? {
          fact: held(notYetLive(task.tool, { release, misfit, ...present({ refusal }) }, now)),
        }
      : { fact: { kind: 'objected', run: task.run, reason: misfit } };
  }

  const { site, sha256 } = findings;
  const choice = choosePlacement(task, release.spec, { closures: findings.closures, now });
  if (choice.kind === 'wait') return { fact: held(choice.hold) };
  const { placement, probes } = choice;
  const { input } = request;
  const order = launchOrder(task, { release, placement, input, site, now, sha256 });
  if (order)
    return { fact: { kind: 'launchDecided', ...about, release, placement, order }, probes };
  const why = `${task.tool} ${release.version} has nothing to run on ${placement} here`;
  return {
    fact: held({
      by: placementGate(placement),
      cause: 'noPlacement',
      why,
      since: now,
      opensAt: now + noPlaceMs,
    }),
  };
};

/**
 * The release with the timeout that the message asks for in the place of the tool's. A row keeps the release of its first
 * launch, so all its runs follow this timeout, also where the previous version of Davit reads the row.
 */
const withOwnTimeout = (release: Release, { timeoutMs }: Request): Release =>
  timeoutMs === undefined ? release : { ...release, spec: { ...release.spec, timeoutMs } };

const aboutOf = ({ run }: Queued, tool: ToolState) =>
  tool.kind === 'known' ? { run, startWithinMs: tool.spec.startWithinMs } : { run };

// A version is launched with its own spec, which may differ from today's.
const misfitOf = (task: Queued, request: Request, release: Release): string | undefined =>
  task.release === undefined ? objectionTo(task.taskId, request, release.spec) : undefined;
