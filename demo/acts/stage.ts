import { setTimeout as wait } from 'node:timers/promises';
import { type Operator, until } from '../operator.ts';
import type { Scene } from '../scene.ts';
import type { WebServer } from '../web-server.ts';

/** The films that go in. */
export interface Films {
  /** Folder for those that come out. */
  readonly folder: string;
  /** The one that was given, or else the card. */
  readonly main: string;
  /** A test card of ten seconds, so that not everything takes as long as the film that was given. */
  readonly card: string;
  /** One of twenty seconds, for a run that must not be over too soon. */
  readonly long: string;
}

/** What every act plays with. */
export interface Stage {
  readonly scene: Scene;
  readonly operator: Operator;
  readonly server: WebServer;
  readonly films: Films;
  /** Makes ids of this demo's own: its table remembers the ones before. */
  readonly idOf: (name: string) => string;
  /** Runs `davit` as a person would, and prints what it prints. */
  readonly davit: (...words: readonly string[]) => Promise<void>;
}

/** Whether the publisher hears each of these of a task, in whatever order; an event may come after the row that it tells of. */
export const hears = async (
  { server }: Stage,
  taskId: string,
  types: readonly string[],
): Promise<boolean> => {
  const all = async () =>
    types.every((type) => server.heard(taskId).includes(`davit.task.${type}`)) || undefined;
  return await until(`the publisher hears of ${taskId}`, all).catch(() => false);
};

/** dispatch looks up the live version at most so often (shared/aws/tools.ts). */
const cacheMs = 5_000;

/** Waits until dispatch has forgotten what was live before. */
export const untilForgotten = async (scene: Scene): Promise<void> => {
  scene.say('waiting', `${cacheMs / 1000} s: so long dispatch may remember what was live`);
  await wait(cacheMs);
};

/** Where the film of a task comes out. */
export const outputOf = ({ films }: Stage, taskId: string): string =>
  `${films.folder}/${taskId}.mp4`;
