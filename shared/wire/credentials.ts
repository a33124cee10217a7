import * as v from 'valibot';

const schema = v.object({ username: v.string(), password: v.string() });

/** A broker user's secret as Amazon MQ wants it; undefined when the text is none. */
export const credentialsOf = (text: string): v.InferOutput<typeof schema> | undefined => {
  try {
    const read = v.safeParse(schema, JSON.parse(text));
    return read.success ? read.output : undefined;
  } catch {
    return undefined;
  }
};
