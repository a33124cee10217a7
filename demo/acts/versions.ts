import { join } from 'node:path';
import { until } from '../operator.ts';
import { isOver, watchToEnd } from '../watch.ts';
import type { Stage } from './stage.ts';
import { bodyOf } from './transcode.ts';

/** A version is bumped while a run goes on; then a bad pin changes nothing. */
export const versions = async (stage: Stage): Promise<void> => {
  const { scene, operator, server, film } = stage;
  scene.act('A new version is pinned while a run goes on');
  const [old, fresh, after] = [stage.idOf('old'), stage.idOf('new'), stage.idOf('after')];
  const out = (taskId: string): string => join(stage.films, `${taskId}.mp4`);

  // A slower coding, so that the run is still there when the version changes.
  await server.publish(old, bodyOf(film, out(old), { preset: 'veryslow', height: 720 }));
  await until('the run is RUNNING', async () => {
    const row = await operator.row(old);
    if (row && isOver(row)) throw new Error(`The first run has ended already: ${row.phase}.`);
    return row?.phase === 'RUNNING' ? row : undefined;
  });
  scene.say('running', `${old} runs version 1.0.0`);
  await pin(stage, '1.1.0');
  await until('1.1.0 is live', async () =>
    (await operator.live('transcoder')).version === '1.1.0' ? true : undefined,
  );
  const meanwhile = await operator.row(old);
  scene.check(
    '1.1.0 is live while the run of 1.0.0 goes on',
    meanwhile?.phase === 'RUNNING',
    meanwhile?.phase,
  );
  await server.publish(fresh, bodyOf(film, out(fresh)));
  scene.say('publish', `${fresh}, after the pin`);
  const [oldRow, newRow] = await Promise.all([
    watchToEnd(scene, operator, old),
    until('the next task ends', async () => {
      const row = await operator.row(fresh);
      return row && isOver(row) ? row : undefined;
    }),
  ]);
  const story = (row: typeof oldRow): string =>
    `${row.phase} with ${row.version} in run ${row.run}`;
  scene.check(
    'the running one finished on 1.0.0',
    story(oldRow) === 'SUCCEEDED with 1.0.0 in run 1',
    story(oldRow),
  );
  scene.check(
    'the next one ran 1.1.0',
    story(newRow) === 'SUCCEEDED with 1.1.0 in run 1',
    story(newRow),
  );

  scene.act('A version that was never released is pinned');
  await pin(stage, '9.9.9');
  const live = await until('9.9.9 is refused', async () => {
    const found = await operator.live('transcoder');
    return found.refusal?.version === '9.9.9' ? found : undefined;
  });
  scene.say('refused', live.refusal?.why ?? '');
  scene.check('1.1.0 is still live', live.version === '1.1.0', live.version);
  await server.publish(after, bodyOf(film, out(after)));
  const last = await watchToEnd(scene, operator, after);
  scene.check(
    'the next one ran 1.1.0',
    story(last) === 'SUCCEEDED with 1.1.0 in run 1',
    story(last),
  );
  await stage.davit('versions', 'transcoder');
  await pin(stage, '1.1.0');
};

const pin = async ({ scene, operator }: Stage, version: string): Promise<void> => {
  scene.say(
    'pin',
    `aws ssm put-parameter --overwrite --name /davit/local/tools/transcoder/version --value ${version}`,
  );
  await operator.pin('transcoder', version);
};
