/** The record's own member of this name, not an inherited one: a queue may have the name `constructor`. */
export const ownOf = <V>(record: Readonly<Record<string, V>>, name: string): V | undefined =>
  Object.hasOwn(record, name) ? record[name] : undefined;
