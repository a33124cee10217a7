import { call, newParameters } from '../../models/ssm/parameters.ts';
import type {
  ParameterAction,
  ParameterAnswer,
  ParameterOutput,
  ParameterView,
} from '../../models/ssm/types.ts';
import type { Outcome } from './calls.ts';
import type { World } from './world.ts';

/** The parameters in SSM, whose reads are throttled at SSM's rate. */
export interface Parameters {
  readonly call: (action: string, input: unknown) => Outcome;
  readonly put: (name: string, value: string) => void;
  readonly valueOf: (name: string) => string | undefined;
  /** Does nothing when there is no such parameter. */
  readonly remove: (name: string) => void;
}

const actions = ['GetParameters', 'GetParametersByPath', 'PutParameter'] as const;

/** Begins without parameters. */
export const parametersOf = ({ timeline }: World): Parameters => {
  let state = newParameters();

  const callNow = (action: ParameterAction, input: unknown): ParameterAnswer => {
    const reaction = call(state, { action, input }, timeline.now());
    state = reaction.state;
    return reaction.answer;
  };

  return {
    call: (wanted, input) => {
      const action = actions.find((one) => one === wanted);
      if (action === undefined) throw new Error(`The simulated world does not expect ${wanted}.`);
      const answer = callNow(action, input);
      return answer.ok ? { ok: true, output: withDates(answer.output) } : answer;
    },
    put: (name, value) => {
      const input = { Name: name, Value: value, Type: 'String', Overwrite: true };
      const answer = callNow('PutParameter', input);
      if (!answer.ok) throw new Error(`SSM refuses ${name}: ${answer.error.message}`);
    },
    valueOf: (name) => state.parameters[name]?.versions.at(-1)?.value,
    remove: (name) => void callNow('DeleteParameter', { Name: name }),
  };
};

/** As the SDK answers it: times are dates. */
const withDates = ({ Parameters: found, ...output }: ParameterOutput) =>
  found === undefined ? output : { ...output, Parameters: found.map(withDate) };

const withDate = ({ LastModifiedDate: atS, ...parameter }: ParameterView) => ({
  ...parameter,
  LastModifiedDate: new Date(atS * 1_000),
});
