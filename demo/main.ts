import { spawn } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Stack, startStack } from '../local/stack.ts';
import { failures } from './acts/failures.ts';
import type { Stage } from './acts/stage.ts';
import { transcode } from './acts/transcode.ts';
import { versions } from './acts/versions.ts';
import { openOperator, until } from './operator.ts';
import { openScene, type Scene } from './scene.ts';
import { filmAt, makeFilm } from './video.ts';
import { openWebServer } from './web-server.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
// A stack of its own beside the one of `npm start`: it may run at the same time, and its pins are its own.
const dir = join(root, '.davit', 'demo');
const films = join(dir, 'films');

/** Plays every act on a fresh stack; answers the exit code. */
const play = async (
  scene: Scene,
  given: string | undefined,
  signal: AbortSignal,
): Promise<number> => {
  await mkdir(films, { recursive: true });
  const film = given === undefined ? join(films, 'test-card.mp4') : resolve(given);
  if (given === undefined) await makeFilm(film, 10);
  else await filmAt(film);
  const imagesDir = join(root, '.davit', 'images');
  const stack = await startStack({
    dir,
    imagesDir,
    log: (line) => scene.say('stack', line),
    signal,
  });
  try {
    // Ctrl-C gives the play up, and the stack is ended in order.
    await Promise.race([acts(scene, stack, film), whenAborted(signal)]);
  } finally {
    await stack.stop();
  }
  const wrong = scene.failures();
  scene.act(
    wrong.length === 0
      ? `All ${scene.checks()} claims were true.`
      : `Not true: ${wrong.join('; ')}.`,
  );
  return wrong.length === 0 ? 0 : 1;
};

const whenAborted = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener('abort', () => reject(signal.reason));
  });

const acts = async (scene: Scene, stack: Stack, film: string): Promise<void> => {
  const operator = openOperator(stack.addresses);
  const server = await openWebServer(stack.addresses.amqp);
  const stamp = Date.now().toString(36);
  const stage: Stage = {
    scene,
    operator,
    server,
    film,
    films,
    idOf: (name) => `${name}-${stamp}`,
    davit: (...words) => davit(words),
  };
  try {
    await operator.pin('transcoder', '1.0.0');
    await until('1.0.0 is live', async () =>
      (await operator.live('transcoder')).version === '1.0.0' ? true : undefined,
    );
    for (const act of [transcode, versions, failures]) await act(stage);
  } finally {
    await server.close();
  }
};

const davit = (words: readonly string[]): Promise<void> =>
  new Promise((done, failed) => {
    process.stdout.write(`\n   $ npx davit ${words.join(' ')}\n`);
    const env = { ...process.env, DAVIT_DIR: dir };
    const child = spawn(process.execPath, [join(root, 'cli', 'main.ts'), ...words], {
      env,
      stdio: 'inherit',
    });
    child.on('error', failed);
    child.on('exit', () => done());
  });

const scene = openScene(process.stdout);
const abort = new AbortController();
for (const name of ['SIGINT', 'SIGTERM'] as const) {
  process.once(name, () => abort.abort(new Error('The demo was stopped.')));
}
play(scene, process.argv[2], abort.signal).then(
  (code) => process.exit(code),
  (cause: unknown) => {
    process.stderr.write(`\n${cause instanceof Error ? cause.message : String(cause)}\n`);
    process.exit(1);
  },
);
