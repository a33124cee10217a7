import type { BusEvent } from '../events/router.ts';
import type { AwsService, JsonApi } from '../service.ts';
import { ssmApi } from './api.ts';
import { changeEvent } from './change-event.ts';
import { checkParameter, readParameters } from './parameters.ts';

/** The parameters as the stack itself reads and puts them. */
export interface ParameterStore {
  /** The newest value. */
  readonly get: (name: string) => string | undefined;
  /** Puts a parameter of the template without an event. Does nothing if the parameter has that value already. */
  readonly provide: (name: string, value: string) => void;
}

/** SSM, and its parameters for the stack itself. */
export interface Ssm extends AwsService {
  readonly api: JsonApi;
  readonly parameters: ParameterStore;
}

/** Opens the parameters of a JSON file. It keeps nothing open: each change is saved before its event is emitted. */
export const openSsm = (parts: {
  readonly path: string;
  readonly emit: (event: BusEvent) => void;
}): Ssm => {
  const parameters = readParameters(parts.path);
  const get = (name: string): string | undefined => parameters.find(name)?.versions.at(-1)?.value;
  return {
    api: ssmApi(parameters, (change) => parts.emit(changeEvent(change))),
    parameters: {
      get,
      provide: (name, value) => {
        if (get(name) === value) return;
        checkParameter(name, value);
        const version = { value, type: 'String', description: undefined, modifiedAt: Date.now() };
        parameters.append(name, version);
      },
    },
  };
};
