/** The first fault stands at the beginning, so what is too long for a terminal is cut at its end. */
export const mostCharacters = 40_000;

/** What `serverless package` said when it failed, whole, without the places in its code. */
export const packageFailure = (code: number | null, said: string): string => {
  const lines = said.split('\n').filter((line) => !/^\s+at .*:\d+:\d+\)?$/.test(line));
  const text = lines.join('\n').trim().slice(0, mostCharacters);
  return `serverless package failed (exit ${code}):\n${text}`;
};
