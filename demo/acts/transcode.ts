import { pathToFileURL } from 'node:url';
import { filmAt } from '../video.ts';
import { watchToEnd } from '../watch.ts';
import { hears, outputOf, type Stage } from './stage.ts';

/** The main job: a film goes in as a message and comes out transcoded by a container of its own. */
export const transcode = async (stage: Stage): Promise<void> => {
  const { scene, operator, server, films } = stage;
  scene.act('A film goes in as a message, and comes out of a container of its own');
  const before = await filmAt(films.main);
  scene.say(
    'film',
    `${films.main}: ${before.codec}, ${before.height} lines, ${before.seconds.toFixed(1)} s`,
  );
  const taskId = stage.idOf('film');
  const output = outputOf(stage, taskId);
  // So small a film as the card would be done before anybody has seen it being done.
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
  // There is no film to look at.
  if (!succeeded) return stage.davit('logs', taskId);
  // A film that was given may be done before anybody looks.
  const isCard = films.main === films.card;
  if (isCard) {
    scene.check('it was seen RUNNING before', phases.includes('RUNNING'), phases);
    scene.check('and so was its progress', percents.length > 0, percents);
  }
  scene.check('it ran version 1.0.0, which SSM pins', row.version === '1.0.0', row.version);
  const told = await hears(stage, taskId, isCard ? ['running', 'succeeded'] : ['succeeded']);
  scene.check('the publisher heard of it on its own queue', told, server.heard(taskId));
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
  scene.check('it is as long as the old one', lost < Math.max(0.5, before.seconds / 50), [
    before.seconds,
    after.seconds,
  ]);
};

/** The message of a transcoding task. */
export const bodyOf = (film: string, output: string, more: object = { height: 360 }): object => ({
  tool: 'transcoder',
  input: { input: pathToFileURL(film).href, output: pathToFileURL(output).href, ...more },
});
