import { setTimeout as wait } from 'node:timers/promises';
import { type Operator, until } from '../operator.ts';
import type { Scene } from '../scene.ts';
import type { WebServer } from '../web-server.ts';

/** The films that the demo transcodes. */
export interface Films {
  /** The folder of these films and of the results. */
  readonly folder: string;
  /** The film that the user gave, else the test card. */
  readonly main: string;
  /** A test card of 10 s, so that most tasks are short whatever film was given. */
  readonly card: string;
  /** A film of 20 s, for a run that must not end too soon. */
  readonly long: string;
}

/** Everything that an act needs. */
export interface Stage {
  readonly scene: Scene;
  readonly operator: Operator;
  readonly server: WebServer;
  readonly films: Films;
  /** Makes a task id that is new in this demo: the table still has those of earlier demos. */
  readonly idOf: (name: string) => string;
  /** Runs `davit` as a person would, and prints what it prints. */
  readonly davit: (...words: readonly string[]) => Promise<void>;
}

/** Whether the publisher receives each of these events of a task, in any order; an event may arrive after the row has changed. */
export const receives = async (
  { server }: Stage,
  taskId: string,
  types: readonly string[],
): Promise<boolean> => {
  const all = async () =>
    types.every((type) => server.received(taskId).includes(`davit.task.${type}`)) || undefined;
  return await until(`the publisher receives the events of ${taskId}`, all).catch(() => false);
};

/** dispatch keeps the live version in its cache for this long (shared/aws/tools.ts). */
const cacheMs = 5_000;

/** Waits until the cache of dispatch has expired. */
export const waitForCache = async (scene: Scene): Promise<void> => {
  scene.say('waiting', `${cacheMs / 1000} s, until dispatch reads the live version again`);
  await wait(cacheMs);
};

/** The path of a task's result. */
export const outputOf = ({ films }: Stage, taskId: string): string =>
  `${films.folder}/${taskId}.mp4`;
