/** The most characters of a text that others wrote. What ECS says is shorter, and a row has 400 KB. */
const longestReason = 500;

/** A text that others wrote, cut to a length that a row can store. */
export const clipped = (text: string, most = longestReason): string =>
  text.length <= most ? text : `${text.slice(0, most - 1).toWellFormed()}…`;
