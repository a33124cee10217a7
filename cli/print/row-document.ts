/** A row for JSON: names and values of the table. Bytes become text, or base64 where they are not UTF-8. */
export const rowDocument = (item: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(item)
      .flatMap(([name, value]) =>
        Object.entries(value instanceof Uint8Array ? bodyOf(value, name) : { [name]: value }),
      )
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );

const bodyOf = (bytes: Uint8Array, name: string): Record<string, string> => {
  try {
    return { [name]: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
  } catch {
    return { [`${name}Base64`]: Buffer.from(bytes).toString('base64') };
  }
};
