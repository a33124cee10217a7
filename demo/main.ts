import { mkdir, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startInOwnSession } from '../local/machine/own-session.ts';
import { type Stack, startStack } from '../local/stack.ts';
import { errorMessage } from '../shared/core/error-message.ts';
import { visible } from '../shared/wire/visible.ts';
import { failures } from './acts/failures.ts';
import { type Films, type Stage, waitForCache } from './acts/stage.ts';
import { transcode } from './acts/transcode.ts';
import { versions } from './acts/versions.ts';
import { openOperator, until } from './operator.ts';
import { openScene, type Scene } from './scene.ts';
import { untilAborted, whenAborted } from './until-aborted.ts';
import { filmAt, makeDoubled, makeFilm } from './video.ts';
import { openWebServer } from './web-server.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
// npm changes to the project's folder; a relative path is meant from the folder in which npm was called.
const caller = process.env.INIT_CWD ?? '.';
// A stack of its own beside that of `npm start`: both may run at the same time, each with its own pins.
const dir = resolve(caller, process.env.DAVIT_DIR || join(root, '.davit'), 'demo');

/** Makes the films that the acts need besides the given one, in the folder of the demo's own stack. */
const filmsFor = async (main: string | undefined, signal: AbortSignal): Promise<Films> => {
  const folder = join(dir, 'films');
  const card = join(folder, 'test-card.mp4');
  const long = join(folder, 'test-card-twice.mp4');
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  await makeFilm(card, 10, signal);
  await makeDoubled(card, long, signal);
  return { folder, main: main || card, card, long };
};

/** Plays every act on a stack; resolves with the exit code. */
const play = async (
  scene: Scene,
  given: string | undefined,
  signal: AbortSignal,
): Promise<number> => {
  const main = given && resolve(caller, given);
  // First of all, so that a wrong path is reported at once.
  if (main) await filmAt(main, signal);
  const stack = await startStack({
    dir,
    imagesDir: join(root, '.davit', 'images'),
    log: (line) => scene.say('stack', line),
    signal,
  });
  let films: Films;
  try {
    films = await filmsFor(main, signal);
    // Ctrl-C ends the acts; the stack is then stopped in order.
    await Promise.race([acts(untilAborted(scene, signal), stack, films), whenAborted(signal)]);
  } finally {
    await stack.stop();
  }
  const wrong = scene.failures();
  const isGood = wrong.length === 0;
  scene.close(
    isGood ? `All ${scene.checks()} claims were true.` : `Not true: ${wrong.join('; ')}.`,
    isGood,
  );
  scene.say('films', `they are in ${films.folder}`);
  scene.say('next', '`npm start` starts a stack to experiment with, and prints how to use it');
  return isGood ? 0 : 1;
};

const acts = async (scene: Scene, stack: Stack, films: Films): Promise<void> => {
  const operator = openOperator(stack.addresses);
  const server = await openWebServer(stack.addresses.amqp);
  const stamp = Date.now().toString(36);
  const stage: Stage = {
    scene,
    operator,
    server,
    films,
    idOf: (name) => `${name}-${stamp}`,
    davit: (...words) => davit(words),
  };
  try {
    await beginAt(stage, '1.0.0');
    for (const act of [transcode, versions, failures]) await act(stage);
  } finally {
    await server.close();
  }
};

/** An earlier demo that was stopped may have left another version live, and dispatch may have it in its cache. */
const beginAt = async ({ scene, operator }: Stage, version: string): Promise<void> => {
  const before = await operator.live('transcoder');
  await operator.pin('transcoder', version);
  await until(`${version} is live`, async () =>
    (await operator.live('transcoder')).version === version ? true : undefined,
  );
  if (before.version !== version) await waitForCache(scene);
};

const davit = (words: readonly string[]): Promise<void> =>
  new Promise((done, failed) => {
    abort.signal.throwIfAborted();
    process.stdout.write(`\n   $ npx davit ${words.join(' ')}\n\n`);
    const env = { ...process.env, DAVIT_DIR: dir };
    const child = startInOwnSession(process.execPath, [join(root, 'cli', 'main.ts'), ...words], {
      env,
      stdio: 'inherit',
      signal: abort.signal,
    });
    child.on('error', failed);
    child.on('exit', (code) =>
      code === 0 ? done() : failed(new Error(`davit ${words.join(' ')} ended with ${code}.`)),
    );
  });

const scene = openScene(process.stdout);
// After a hang-up, writing fails, and no one reads it.
for (const output of [process.stdout, process.stderr]) output.on('error', () => {});
const abort = new AbortController();
// A second Ctrl-C changes nothing: everything is being stopped already, which takes a few seconds.
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(name, () => {
    if (!abort.signal.aborted) scene.say('stopping', '…');
    abort.abort(new Error('The demo was stopped; nothing is left running.'));
  });
}
play(scene, process.argv[2], abort.signal).then(
  (code) => process.exit(code),
  (cause: unknown) => {
    // Every error after a stop is caused by the stop.
    const why = abort.signal.aborted ? abort.signal.reason : cause;
    process.stderr.write(`\n${visible(errorMessage(why))}\n`);
    process.exit(abort.signal.aborted ? 130 : 1);
  },
);
