import { type LaunchOrder, launchOrder } from '../../shared/core/launch-order.ts';
import type { Queued } from '../../shared/core/task.ts';
import { releaseNamed, sha256, start } from '../kit/facts.ts';
import { samples } from '../kit/samples.ts';
import { site } from '../kit/site.ts';
import { asQueued } from '../kit/step-helpers.ts';

/** A task that waits for its first run. */
export const queued = asQueued(samples.QUEUED);

/** The launch order of a task on Fargate, with these choices instead. */
export const orderOf = (task: Queued, over: object = {}): LaunchOrder | undefined =>
  launchOrder(task, {
    release: releaseNamed('1.0.0'),
    placement: 'cpu',
    input: '{"big":12345678901234567890}',
    site,
    now: start,
    sha256,
    ...over,
  });
