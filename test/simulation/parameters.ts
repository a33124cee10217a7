import type { Outcome } from './calls.ts';
import { fieldsOf, listOf } from './fields.ts';
import type { World } from './world.ts';

/** The parameters in SSM. */
export interface Parameters {
  readonly call: (action: string, input: unknown) => Outcome;
  readonly put: (name: string, value: string) => void;
  readonly remove: (name: string) => void;
}

/** Begins without parameters. */
export const parametersOf = ({ timeline }: World): Parameters => {
  const all = new Map<
    string,
    { readonly value: string; readonly version: number; readonly at: number }
  >();

  const put = (name: string, value: string): number => {
    const version = (all.get(name)?.version ?? 0) + 1;
    all.set(name, { value, version, at: timeline.now() });
    return version;
  };

  const found = (name: string) => {
    const known = all.get(name);
    if (known === undefined) return [];
    const { value, version, at } = known;
    return [{ Name: name, Value: value, Version: version, LastModifiedDate: new Date(at) }];
  };

  return {
    call: (action, input) => {
      const { Names, Path, Name, Value } = fieldsOf(input);
      switch (action) {
        case 'GetParameters':
          return { ok: true, output: { Parameters: listOf(Names).map(String).flatMap(found) } };
        case 'GetParametersByPath': {
          const below = [...all.keys()].filter((name) => name.startsWith(`${Path}/`));
          return { ok: true, output: { Parameters: below.flatMap(found) } };
        }
        case 'PutParameter':
          return { ok: true, output: { Version: put(String(Name), String(Value)) } };
        default:
          throw new Error(`There is no ${action} in the simulated SSM: add it.`);
      }
    },
    put,
    remove: (name) => void all.delete(name),
  };
};
