import * as v from 'valibot';
import { jsonOf } from './json-of.ts';

const schema = v.object({ username: v.string(), password: v.string() });

/** A broker user's secret as Amazon MQ wants it; undefined when the text is none. */
export const credentialsOf = (text: string): v.InferOutput<typeof schema> | undefined => {
  const read = v.safeParse(schema, jsonOf(text));
  return read.success ? read.output : undefined;
};
