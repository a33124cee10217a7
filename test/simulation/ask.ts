import { present } from '../../shared/core/present.ts';
import type { LiveWorld } from './live-world.ts';
import type { HappeningOf } from './world.ts';

/**
 * Brings a fact that a person or a program asks for: by a message, by an Invoke, or by a dead letter that is put back. The previous
 * release has no way to ask for it, so there the function `play` brings it; a tool's result comes by no function yet.
 */
export const ask = (world: LiveWorld, happening: HappeningOf<'play'>): void => {
  const { taskId, fact } = happening;
  const isPlayed = fact.kind === 'resultRead' || world.releaseOf('control').name === 'previous';
  if (isPlayed) play(world, happening);
  else if (fact.kind === 'cancelAsked') askCancel(world, happening, fact.reason);
  else askRedrive(world, { taskId, at: happening.at });
};

const play = ({ lambda, watchers }: LiveWorld, { taskId, fact }: HappeningOf<'play'>): void => {
  if (fact.kind === 'redriveAsked') watchers.redriveAsked(taskId, undefined);
  lambda.invoke('play', { taskId, fact });
};

interface Wish {
  readonly taskId: string;
  /** The way follows from the time: so it stays the same when a plan is made smaller. */
  readonly at: number;
}

const askCancel = (world: LiveWorld, { taskId, at }: Wish, why: string | undefined): void => {
  const request = { ask: 'cancel', taskId, ...present({ why }) };
  if (at % 4 === 0) world.lambda.invoke('control', request);
  else send(world, request, at % 4 === 1 ? 2 : 1);
};

const askRedrive = (world: LiveWorld, { taskId, at }: Wish): void => {
  const run = Number(world.cloud.itemOf(taskId)?.run?.N ?? 1);
  const named = { ask: 'redrive', taskId, run, sameVersion: at % 3 === 0 };
  world.watchers.redriveAsked(taskId, at % 4 === 0 ? undefined : run);
  if (at % 4 === 0) world.lambda.invoke('control', { ask: 'redrive', taskId });
  else if (at % 4 === 1) putBack(world, taskId, run);
  else send(world, named, at % 4 === 2 ? 2 : 1);
};

/** Sends a request, and sends it again later when it is sent twice. */
const send = ({ rabbit, timeline }: LiveWorld, request: object, times: number): void => {
  for (let n = 0; n < times; n += 1) {
    const at = timeline.now() + n * laterMs;
    const message = {
      kind: 'publish' as const,
      at,
      queue: 'davit.control' as const,
      body: JSON.stringify(request),
      replyTo: 'reply.web',
    };
    timeline.at(at, () => rabbit.publish(message));
  }
};

/** Long enough for a redriven task to fail again. */
const laterMs = 90_000;

/** The letter is written again from the row: the readers of `davit.dead` have taken it. */
const putBack = ({ cloud, rabbit, timeline }: LiveWorld, taskId: string, run: number): void => {
  const body = cloud.itemOf(taskId)?.payload?.B;
  if (body === undefined) return;
  rabbit.publish({
    kind: 'publish',
    at: timeline.now(),
    queue: 'davit.tasks',
    id: taskId,
    body: new TextDecoder().decode(body),
    dead: run,
  });
};
