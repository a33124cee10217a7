import { due } from '../../shared/core/due.ts';
import type { Launching, Queued, Running, Task } from '../../shared/core/task.ts';

/** The present state of a task in one sentence, and since when. */
export interface State {
  readonly at: number;
  readonly what: string;
}

/** The state of a task. A QUEUED task has one only when it waits for something. */
export const stateOf = (task: Task): State | undefined => {
  switch (task.phase) {
    case 'QUEUED':
      return queued(task);
    case 'LAUNCHING':
      return launching(task);
    case 'STARTING':
      return { at: task.acceptedAt, what: `ECS has accepted run ${task.run}` };
    case 'RUNNING':
      return {
        at: task.startedAt,
        what: `run ${task.run} runs on ${task.placement}${addressOf(task)}`,
      };
    default:
      return { at: task.endedAt, what: endOf(task.reason ?? task.outcome, task.result) };
  }
};

const queued = (task: Queued): State | undefined =>
  task.hold || task.notBefore !== undefined || task.rings > 0
    ? { at: task.updatedAt, what: due(task)?.why ?? '' }
    : undefined;

const launching = (task: Launching): State =>
  task.doubt
    ? { at: task.doubt.at, what: due(task)?.why ?? task.doubt.why }
    : {
        at: task.launchOrder.intendedAt,
        what: `run ${task.run}: ${task.tool} ${task.release.version} on ${task.placement}`,
      };

const addressOf = ({ endpoint }: Running): string =>
  endpoint ? `, at ${endpoint.host}:${endpoint.port}` : '';

const endOf = (why: string, result: string | undefined): string =>
  result ? `${why}: ${result}` : why;
