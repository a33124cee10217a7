import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { filmAt } from '../video.ts';
import { watchToEnd } from '../watch.ts';
import type { Stage } from './stage.ts';

/** The main job: a film goes in as a message and comes out transcoded by a container of its own. */
export const transcode = async (stage: Stage): Promise<void> => {
  const { scene, operator, server, film } = stage;
  scene.act('A film goes in as a message, and comes out of a container of its own');
  const before = await filmAt(film);
  scene.say(
    'film',
    `${film}: ${before.codec}, ${before.height} lines, ${before.seconds.toFixed(1)} s`,
  );
  const taskId = stage.idOf('film');
  const output = join(stage.films, `${taskId}.mp4`);
  const body = bodyOf(film, output);
  scene.say('publish', `${taskId} ${JSON.stringify(body)}`);
  await server.publish(taskId, body);
  const row = await watchToEnd(scene, operator, taskId);
  const after = await filmAt(output);
  const sound = after.audio ? `, sound ${after.audio}` : '';
  scene.say(
    'ffprobe',
    `${output}: ${after.codec}, ${after.height} lines, ${after.seconds.toFixed(1)} s${sound}`,
  );
  scene.check('the task SUCCEEDED in run 1', row.phase === 'SUCCEEDED' && row.run === 1, row.phase);
  scene.check('it ran version 1.0.0, which SSM pins', row.version === '1.0.0', row.version);
  scene.check(
    'the new film is H.264 with 360 lines',
    after.codec === 'h264' && after.height === 360,
    after,
  );
  scene.check('it is as long as the old one', Math.abs(after.seconds - before.seconds) < 0.5, [
    before.seconds,
    after.seconds,
  ]);
  const heard = server.heard(taskId);
  const told = heard.includes('davit.task.running') && heard.at(-1) === 'davit.task.succeeded';
  scene.check('the publisher heard of it on its own queue', told, heard);
  await stage.davit('show', taskId);
};

/** The message of a transcoding task. */
export const bodyOf = (film: string, output: string, more: object = {}): object => ({
  tool: 'transcoder',
  input: {
    input: pathToFileURL(film).href,
    output: pathToFileURL(output).href,
    height: 360,
    ...more,
  },
});
