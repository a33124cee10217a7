import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Row } from '../operator.ts';
import { watchToEnd } from '../watch.ts';
import { outputOf, receives, type Stage } from './stage.ts';
import { bodyOf } from './transcode.ts';

/** One task whose input can never succeed, and one that fails twice before it succeeds. */
export const failures = async (stage: Stage): Promise<void> => {
  await hopeless(stage);
  await stubborn(stage);
};

const hopeless = async (stage: Stage): Promise<void> => {
  const { scene, operator, server, films } = stage;
  scene.act('A file that is not a video');
  const taskId = stage.idOf('not-a-video');
  const textFile = join(films.folder, 'not-a-video.mp4');
  await writeFile(textFile, 'This is not a video.');
  scene.say('publish', `${taskId}, a text file with the name of a video`);
  await server.publish(taskId, bodyOf(textFile, outputOf(stage, taskId)));
  const { row } = await watchToEnd(scene, operator, taskId);
  scene.check(
    'it FAILED in its first run, with exit 65, and is not tried again',
    row.phase === 'FAILED' && row.run === 1 && row.exitCode === 65,
    [row.phase, row.run, row.exitCode],
  );
  const isReported = await receives(stage, taskId, ['failed']);
  scene.check(
    'the publisher received the event that it failed',
    isReported,
    server.received(taskId),
  );
  await stage.davit('logs', taskId);
};

const stubborn = async (stage: Stage): Promise<void> => {
  const { scene, operator, server } = stage;
  scene.act('A tool that fails twice, and then succeeds');
  const taskId = stage.idOf('third-time');
  // Each run lasts long enough to be seen RUNNING: only then does its row have the time of its start.
  const body = { tool: 'echo', input: { exitCodes: [75, 75, 0], sleepMs: 1_000 } };
  scene.say('publish', `${taskId} ${JSON.stringify(body)}`);
  await server.publish(taskId, body);
  const { row } = await watchToEnd(scene, operator, taskId);
  scene.check(
    'it SUCCEEDED in run 3, attempt 3',
    row.phase === 'SUCCEEDED' && row.run === 3 && row.attempts === 3,
    [row.phase, row.run, row.attempts],
  );
  const runs = runsOf(row);
  const exits = runs.map(({ exitCode }) => exitCode);
  scene.check('its runs ended with 75, 75 and 0', exits.join() === '75,75,0', exits);
  const gaps = gapsOf(runs);
  const waited = gaps.length === 2 && (gaps[0] ?? 0) >= 2 && (gaps[1] ?? 0) >= 4;
  scene.check(
    `its delays of 2 s and 4 s were kept, and lasted until the next sweep (${gaps.map((gap) => `${gap.toFixed(1)} s`).join(', ')})`,
    waited,
    gaps,
  );
  await stage.davit('show', taskId);
};

interface PastRun {
  readonly exitCode?: number;
  readonly startedAt?: string;
  readonly endedAt: string;
}

const runsOf = ({ runs }: Row): readonly PastRun[] => (Array.isArray(runs) ? runs : []);

/** Seconds between the end of a run and the start of the next. */
const gapsOf = (runs: readonly PastRun[]): readonly number[] =>
  runs
    .slice(1)
    .map(
      ({ startedAt, endedAt }, index) =>
        (Date.parse(startedAt ?? endedAt) - Date.parse(runs[index]?.endedAt ?? '')) / 1000,
    );
