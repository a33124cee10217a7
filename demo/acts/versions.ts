import { until } from '../operator.ts';
import { hasIndexInFront } from '../video.ts';
import { isOver, watchToEnd } from '../watch.ts';
import { outputOf, type Stage, waitForCache } from './stage.ts';
import { bodyOf } from './transcode.ts';

/** A new version is pinned while a run goes on; then a bad pin changes nothing. */
export const versions = async (stage: Stage): Promise<void> => {
  await bump(stage);
  await badPin(stage);
};

const bump = async (stage: Stage): Promise<void> => {
  const { scene, operator, server, films } = stage;
  scene.act('A new version is pinned while a run goes on');
  const [old, fresh] = [stage.idOf('old'), stage.idOf('new')];
  // At the speed of a live camera: the run lasts as long as its film, however fast this machine is.
  const live = { realtime: true, preset: 'ultrafast', height: 360 };
  await server.publish(old, bodyOf(films.long, outputOf(stage, old), live));
  await until(`${old} is RUNNING`, async () => {
    const row = await operator.row(old);
    if (row && isOver(row)) throw new Error(`${old} has ended too soon: ${row.phase}.`);
    return row?.phase === 'RUNNING' ? row : undefined;
  });
  scene.say('running', `${old} runs version 1.0.0, at the pace of its film of 20 s`);
  await pin(stage, '1.1.0');
  await until('1.1.0 is live', async () =>
    (await operator.live('transcoder')).version === '1.1.0' ? true : undefined,
  );
  const oldRow = await operator.row(old);
  scene.check(
    '1.1.0 is live while the run of 1.0.0 goes on',
    oldRow?.phase === 'RUNNING',
    oldRow?.phase,
  );
  await waitForCache(scene);
  await server.publish(fresh, bodyOf(films.card, outputOf(stage, fresh)));
  scene.say('publish', `${fresh}, after the pin`);
  await expectSuccess(stage, fresh, { version: '1.1.0', claim: 'the next task ran 1.1.0' });
  await expectSuccess(stage, old, { version: '1.0.0', claim: 'the running task ended on 1.0.0' });
  const inFront = [
    await hasIndexInFront(outputOf(stage, old)),
    await hasIndexInFront(outputOf(stage, fresh)),
  ];
  scene.check(
    'the files show it: 1.1.0 puts the index in front, 1.0.0 at the end',
    inFront[0] === false && inFront[1] === true,
    inFront,
  );
};

const pin = async ({ scene, operator }: Stage, version: string): Promise<void> => {
  scene.say(
    'pin',
    `aws ssm put-parameter --overwrite --name /davit/local/tools/transcoder/version --value ${version}`,
  );
  await operator.pin('transcoder', version);
};

const expectSuccess = async (
  { scene, operator }: Stage,
  taskId: string,
  { version, claim }: { readonly version: string; readonly claim: string },
): Promise<void> => {
  const { row } = await watchToEnd(scene, operator, taskId);
  const outcome = `${row.phase} with ${row.version} in run ${row.run}`;
  scene.check(claim, outcome === `SUCCEEDED with ${version} in run 1`, outcome);
};

const badPin = async (stage: Stage): Promise<void> => {
  const { scene, operator, server, films } = stage;
  scene.act('A version that was never built is pinned');
  await pin(stage, '9.9.9');
  const live = await until('9.9.9 is refused', async () => {
    const found = await operator.live('transcoder');
    return found.refusal?.version === '9.9.9' ? found : undefined;
  });
  scene.say('refused', live.refusal?.why ?? '');
  scene.check('1.1.0 is still live', live.version === '1.1.0', live.version);
  const after = stage.idOf('after');
  await server.publish(after, bodyOf(films.card, outputOf(stage, after)));
  scene.say('publish', `${after}, after the bad pin`);
  await expectSuccess(stage, after, { version: '1.1.0', claim: 'the next task still ran 1.1.0' });
  await stage.davit('versions', 'transcoder');
  await operator.pin('transcoder', '1.1.0');
};
