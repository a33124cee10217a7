import { type Container, nameOf } from '../container.ts';
import { fieldsOf } from '../fields.ts';
import type { LiveWorld } from '../live-world.ts';
import type { Watchers } from '../watchers.ts';
import { describe, hasEnded, type Row, rowIn } from './item.ts';
import { isOfLostRow } from './lost-rows.ts';
import { Violation } from './violation.ts';

/** Exit codes after which a run can never succeed (sysexits: usage, data, input, permission, configuration). */
const finalCodes = [64, 65, 66, 77, 78];

/**
 * Judges what follows from how a run really ended: success counts, only the tool's own failures spend its attempts, budgets end, and
 * what can never succeed is not tried again (invariant 3).
 */
export const judgeBudgets = (
  worldOf: () => LiveWorld,
  runsOf: (row: Row) => readonly Container[],
  excused: readonly { readonly has: (run: string) => boolean }[],
): Pick<Watchers, 'written' | 'launched' | 'denied' | 'restored'> => {
  /** Runs for which a RunTask arrived, and runs of which the first RunTask was denied. */
  const arrived = new Set<string>();
  const denied = new Set<string>();
  const stopCodeOf = ({ taskArn }: Container): string | undefined =>
    worldOf().cloud.taskOf(taskArn)?.stopCode;

  const ruleOf = ({ tool, end }: Container): string | undefined =>
    worldOf().plan.tools.find(({ name }) => name === tool)?.spec.exitCodes[String(end?.exitCode)];

  const endedByItself = (container: Container): boolean =>
    container.end?.how === 'exited' && stopCodeOf(container) === 'EssentialContainerExited';

  const hasSucceeded = (container: Container): boolean =>
    endedByItself(container) && (container.end?.exitCode === 0 || ruleOf(container) === 'succeed');

  /** Davit may believe that it was never started, or that it has vanished. */
  const isExcused = (run: string): boolean =>
    [worldOf().cloud.refusedYetStarted, ...excused].some((runs) => runs.has(run));

  /** The run of `before` is over with this write. */
  const judgeOutcome = (before: Row, after: Row): void => {
    judgeRefusal(before, after);
    const container = runsOf(before).find(({ run }) => run === before.run);
    if (
      container === undefined ||
      isExcused(nameOf(container)) ||
      isOfLostRow(worldOf(), container, before)
    )
      return;
    if (hasSucceeded(container) && after.phase !== 'SUCCEEDED')
      throw new Violation(
        'success',
        `${describe(before)} became ${describe(after)}, and its container had exited with ${container.end?.exitCode}`,
      );
    const { exitCode = 0 } = container.end ?? {};
    const isFinal = finalCodes.includes(exitCode) && ruleOf(container) === undefined;
    if (endedByItself(container) && isFinal && !container.end?.wasAsked && after.phase === 'QUEUED')
      throw new Violation(
        'final',
        `${describe(after)} is tried again, though run ${before.run} exited with ${exitCode}`,
      );
  };

  /** Davit calls a run refused only when ECS has refused it, or when it is known to be over, or when its token may be dead. */
  const judgeRefusal = (before: Row, after: Row): void => {
    if (before.phase !== 'LAUNCHING' || after.phase !== 'QUEUED') return;
    const name = `${before.taskId}/${before.run}`;
    const { cloud, timeline } = worldOf();
    const isOver = cloud.containers.all.some(
      (one) => nameOf(one) === name && one.end !== undefined,
    );
    const isOld = timeline.now() - Date.parse(before.launchedAt ?? '') > 44 * 60_000;
    if (cloud.refused.has(name) || denied.has(name) || isOver || isOld || isStopped(name)) return;
    throw new Violation(
      'refusal',
      `${describe(before)} became ${describe(after)}, and ECS had not refused the run`,
    );
  };

  /** ECS has stopped it before its container was ordered. */
  const isStopped = (name: string): boolean => worldOf().cloud.stoppedRuns().has(name);

  /** It ended by itself, or Davit stopped it because it ran longer than it may. */
  const isOfTool = (container: Container, wasStopping: boolean): boolean => {
    const { end, taskArn } = container;
    if (end === undefined) return false;
    const stopCode = stopCodeOf(container);
    // A person may stop what Davit has asked ECS to stop: the two look the same.
    if (stopCode === 'UserInitiated')
      return wasStopping || !worldOf().cloud.stoppedByPerson.has(taskArn);
    return (
      end.how === 'exited' && (stopCode === undefined || stopCode === 'EssentialContainerExited')
    );
  };

  const judgeNumbers = (after: Row, wasStopping: boolean): void => {
    const most = runsOf(after).filter((container) => isOfTool(container, wasStopping)).length;
    if (after.attempts > most)
      throw new Violation(
        'attempts',
        `${describe(after)} has spent ${after.attempts} attempts, and ${most} runs at most ended because of its tool`,
      );
    if (after.attempts > after.most.attempts)
      throw new Violation(
        'attempts',
        `${describe(after)} has spent ${after.attempts} attempts of ${after.most.attempts}`,
      );
    if (after.reclaims > after.most.reclaims + 1)
      throw new Violation(
        'reclaims',
        `${describe(after)} was reclaimed ${after.reclaims} times, and ${after.most.reclaims} are allowed`,
      );
  };

  const runIn = (input: unknown): string => String(fieldsOf(input).startedBy);

  return {
    launched: (input) => void arrived.add(runIn(input)),
    denied: (action, input) => {
      if (action === 'RunTask' && !arrived.has(runIn(input))) denied.add(runIn(input));
    },
    // A restored row does not know that its order was sent before.
    restored: () => arrived.clear(),
    written: (beforeItem, afterItem) => {
      const after = rowIn(afterItem);
      const before = beforeItem && rowIn(beforeItem);
      if (after === undefined) return;
      if (after.attempts !== before?.attempts || after.reclaims !== before?.reclaims)
        judgeNumbers(after, before?.hasStopping === true);
      if (before === undefined || hasEnded(before) || before.phase === 'QUEUED') return;
      const isOver = hasEnded(after) || after.run > before.run;
      if (isOver) judgeOutcome(before, after);
    },
  };
};
