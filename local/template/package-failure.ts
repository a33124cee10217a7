/** The first fault is at the beginning, so an output that is too long for a terminal is cut at its end. */
export const mostCharacters = 40_000;

/** The message for a failed `serverless package`: its output without the lines of stack traces. */
export const packageFailure = (code: number | null, output: string): string => {
  const lines = output.split('\n').filter((line) => !/^\s+at .*:\d+:\d+\)?$/.test(line));
  const text = lines.join('\n').trim().slice(0, mostCharacters);
  return `serverless package failed (exit ${code}):\n${text}`;
};
