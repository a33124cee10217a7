/** Makes a thing at its first use and keeps it: for what an environment of Lambda has once, over all its invocations. */
export const once = <Thing>(make: () => Thing): (() => Thing) => {
  let made: { readonly thing: Thing } | undefined;
  return () => {
    made ??= { thing: make() };
    return made.thing;
  };
};
