import { pathToFileURL } from 'node:url';
import { filmAt } from '../video.ts';
import { watchToEnd } from '../watch.ts';
import { outputOf, receives, type Stage } from './stage.ts';

/** The main use: a message asks for a film to be transcoded, and a container of its own does it. */
export const transcode = async (stage: Stage): Promise<void> => {
  const { scene, operator, server, films } = stage;
  scene.act('A film goes in as a message, and a container of its own transcodes it');
  const before = await filmAt(films.main);
  scene.say(
    'film',
    `${films.main}: ${before.codec}, ${before.height} lines, ${before.seconds.toFixed(1)} s`,
  );
  const taskId = stage.idOf('film');
  const output = outputOf(stage, taskId);
  // The card is short: without a slower preset its task would end before it is seen RUNNING.
  const body = bodyOf(
    films.main,
    output,
    films.main === films.card ? { preset: 'medium', height: 480 } : { height: 480 },
  );
  scene.say('publish', `message_id ${taskId}, to the exchange davit, key davit.tasks:`);
  scene.say('', JSON.stringify(body));
  await server.publish(taskId, body);
  const { row, phases, percents } = await watchToEnd(scene, operator, taskId);
  const succeeded = row.phase === 'SUCCEEDED' && row.run === 1;
  scene.check('the task SUCCEEDED in run 1', succeeded, row.reason);
  await stage.davit('show', taskId);
  // There is no result to check.
  if (!succeeded) return stage.davit('logs', taskId);
  // The task of a given film may end before it is seen RUNNING.
  const isCard = films.main === films.card;
  if (isCard) {
    scene.check('it was seen RUNNING', phases.includes('RUNNING'), phases);
    scene.check('its progress was seen', percents.length > 0, percents);
  }
  scene.check('it ran version 1.0.0, which SSM pins', row.version === '1.0.0', row.version);
  const isReported = await receives(
    stage,
    taskId,
    isCard ? ['running', 'succeeded'] : ['succeeded'],
  );
  scene.check(
    'the publisher received its events on its own queue',
    isReported,
    server.received(taskId),
  );
  const after = await filmAt(output);
  const sound = after.audio ? `, sound ${after.audio}` : '';
  scene.say(
    'ffprobe',
    `${output}: ${after.codec}, ${after.height} lines, ${after.seconds.toFixed(1)} s${sound}`,
  );
  scene.check(
    'the new film is H.264 with 480 lines',
    after.codec === 'h264' && after.height === 480,
    after,
  );
  const lost = Math.abs(after.seconds - before.seconds);
  scene.check('it is as long as the old film', lost < Math.max(0.5, before.seconds / 50), [
    before.seconds,
    after.seconds,
  ]);
};

/** The message of a transcoding task. */
export const bodyOf = (film: string, output: string, more: object = { height: 360 }): object => ({
  tool: 'transcoder',
  input: { input: pathToFileURL(film).href, output: pathToFileURL(output).href, ...more },
});
