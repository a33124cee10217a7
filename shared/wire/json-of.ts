/** The value of a JSON text; undefined for any other text. A number may lose digits: `parseJson` reads the body of a message. */
export const jsonOf = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/** What a peer answered: the value of a JSON text, and any other text as it is. */
export const jsonOrText = (text: string): unknown => {
  const value = jsonOf(text);
  return value === undefined ? text : value;
};
