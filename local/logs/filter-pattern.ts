/** Whether a log event matches a filter pattern. */
export type LineTest = (message: string) => boolean;

/**
 * Reads a filter pattern (CloudWatch Logs guide, "Filter pattern syntax"): one regular expression between `%`, with the signs
 * that CloudWatch Logs allows there. Any other pattern is refused here, because it would match other lines in silence.
 */
export const lineTest = (pattern: string): LineTest => {
  const [, expression] = /^%([A-Za-z0-9:_#=@/;,\-^$?[\]{}|\\*+. ]+)%$/.exec(pattern) ?? [];
  if (expression === undefined) {
    throw new Error(
      `the filter pattern must be one regular expression between two %, without parentheses, but it is ${JSON.stringify(pattern)} (local/logs/filter-pattern.ts).`,
    );
  }
  const found = new RegExp(expression);
  return (message) => found.test(message);
};
