import { exit, Stop } from './exit.mjs';

const codes = /** @type {const} */ ([
  ['SIGHUP', 129],
  ['SIGINT', 130],
  ['SIGTERM', 143],
]);

/** Aborts, with a Stop as its reason, when a signal asks this program to end, or when nobody takes what it prints. */
export const endingSignal = () => {
  const ending = new AbortController();
  for (const [signal, code] of codes) {
    process.on(signal, () =>
      ending.abort(new Stop(code, `ended by ${signal}, nothing is left behind`)),
    );
  }
  process.stdout.on('error', (error) =>
    ending.abort(
      new Stop(exit.tryAgain, `the progress cannot be printed: ${error.message}`, error),
    ),
  );
  // Where stderr is closed too, the exit code is all that can still be told, and must not become that of an uncaught error.
  process.stderr.on('error', () => {});
  return ending.signal;
};
