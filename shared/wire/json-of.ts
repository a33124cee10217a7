/** The value of a JSON text; undefined when it is none. A number may lose digits: a message's body is read by `parseJson`. */
export const jsonOf = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};
