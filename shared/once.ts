/** Makes a thing at the first call, with the arguments of that call, and answers the same thing at every later call: for what a Lambda environment has once, for all its invocations. */
export const once = <Given extends readonly unknown[], Thing>(
  make: (...given: Given) => Thing,
): ((...given: Given) => Thing) => {
  let made: { readonly thing: Thing } | undefined;
  return (...given) => {
    made ??= { thing: make(...given) };
    return made.thing;
  };
};
