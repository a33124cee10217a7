import * as v from 'valibot';
import { jsonOf } from './json-of.ts';

const schema = v.object({ username: v.string(), password: v.string() });

/** The user name and the password in a broker user's secret (JSON, as Amazon MQ requires it); undefined for any other text. */
export const credentialsOf = (text: string): v.InferOutput<typeof schema> | undefined => {
  const read = v.safeParse(schema, jsonOf(text));
  return read.success ? read.output : undefined;
};
