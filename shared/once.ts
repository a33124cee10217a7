/** Makes a thing at its first use, of what is given then, and keeps it: for what an environment of Lambda has once, over all its invocations. */
export const once = <Given extends readonly unknown[], Thing>(
  make: (...given: Given) => Thing,
): ((...given: Given) => Thing) => {
  let made: { readonly thing: Thing } | undefined;
  return (...given) => {
    made ??= { thing: make(...given) };
    return made.thing;
  };
};
