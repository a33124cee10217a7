import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import { troubleWithFolder } from '../../local/setup/private-folder.mjs';
import { errorMessage } from '../../shared/core/error-message.ts';
import { root } from '../kit/root.ts';
import { coveragePage } from './coverage-table.ts';
import { type Replay, readOptions, type Search } from './program/options.ts';
import { explain, replay } from './program/replay.ts';
import { runSearch } from './program/run-search.ts';
import { loadReleases, writeReleases } from './releases.ts';

const exitCodes = { kept: 0, broken: 1, wrong: 2, stopped: 130 };

/**
 * `npm run simulate`: plays seeds and prints what they show (docs/simulation.md). Ends with 0 when all promises were kept, with 1 when
 * one was broken, with 2 when it cannot begin, and with 130 when it was stopped before.
 */
const main = async (): Promise<number> => {
  const options = readOptions(process.argv.slice(2), availableParallelism());
  return options.kind === 'search' ? await searchAll(options) : await playOne(options);
};

const playOne = async ({ seed, isStory, isKept }: Replay): Promise<number> => {
  const releases = await loadReleases(await writeReleases());
  const { violation } = await replay(seed, { releases, isStory, print });
  if (violation === undefined) return exitCodes.kept;
  if (isStory || isKept) await explain(seed, { releases, isKept, print });
  return exitCodes.broken;
};

const searchAll = async (options: Search): Promise<number> => {
  const abort = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    // The first one ends the search, which prints its summary; after that nothing is worth waiting for.
    process.on(name, () =>
      abort.signal.aborted ? process.exit(exitCodes.stopped) : abort.abort(),
    );
  }
  const paths = {
    place: join(privateFolder(), 'simulation', 'place.json'),
    page: join(root, coveragePage),
    releases: await writeReleases(),
  };
  const isKept = await runSearch(options, { paths, print, signal: abort.signal });
  if (!isKept) return exitCodes.broken;
  return abort.signal.aborted ? exitCodes.stopped : exitCodes.kept;
};

const privateFolder = (): string => {
  const calledIn = process.env.INIT_CWD ?? process.cwd();
  const folder = resolve(calledIn, process.env.DAVIT_DIR || join(root, '.davit'));
  const trouble = troubleWithFolder(folder);
  if (trouble !== undefined) throw new Error(trouble);
  return folder;
};

const print = (line: string): void => void process.stdout.write(`${line}\n`);

// A reader that has seen enough, such as `head`, ends the program.
process.stdout.on('error', () => process.exit(1));

main().then(
  // A pipe takes what was printed only after a while.
  (code) => process.stdout.write('', () => process.exit(code)),
  (cause: unknown) => {
    process.stderr.write(`${errorMessage(cause)}\n`);
    process.exit(exitCodes.wrong);
  },
);
