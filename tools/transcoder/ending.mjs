import { exit, Stop } from './exit.mjs';

const codes = /** @type {const} */ ([
  ['SIGHUP', 129],
  ['SIGINT', 130],
  ['SIGTERM', 143],
]);

/** Aborts, with a Stop as its reason, when a signal asks this program to end, or when its output cannot be written. */
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
  // When stderr is closed too, only the exit code is left as a report; it must not become that of an uncaught error.
  process.stderr.on('error', () => {});
  return ending.signal;
};
