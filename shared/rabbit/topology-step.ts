import { isDeepStrictEqual } from 'node:util';
import { membersOf } from '../core/object.ts';
import type { Management } from './management.ts';
import { setLimit } from './set-limit.ts';
import { accepted, asFound, type Outcome } from './topology-outcome.ts';
import type { Step } from './topology-plan.ts';

/** Brings one thing on the broker into the state that its step describes. Rejects when the management API does not answer. */
export const applyStep = (api: Management, step: Step): Promise<Outcome> => {
  switch (step.kind) {
    case 'declare':
      return declare(api, step);
    case 'bind':
      return bind(api, step);
    case 'unbind':
      return unbind(api, step);
    case 'set':
      return set(api, step, step.compared);
    case 'limit':
      return setLimit(api, step);
  }
};

const declare = async (api: Management, { path, body }: Step): Promise<Outcome> => {
  const answer = await api('GET', path);
  if (answer.status === 404) {
    return accepted(await api('PUT', path, body), 'created');
  }
  if (answer.status !== 200) {
    return accepted(answer, 'created');
  }
  const found = asFound(body, answer.body);
  return isDeepStrictEqual(found, body)
    ? { how: 'present' }
    : {
        fault:
          `expected ${JSON.stringify(body)}, but ${JSON.stringify(found)} came; ` +
          'Davit never deletes or recreates it: move what is in it, delete it, and declare again',
      };
};

const bind = async (api: Management, { path, body }: Step): Promise<Outcome> => {
  const answer = await api('GET', path);
  const bindings = Array.isArray(answer.body) ? answer.body : [];
  return bindings.some((one) => isDeepStrictEqual(asFound(body, one), body))
    ? { how: 'present' }
    : accepted(await api('POST', path, body), 'created');
};

const unbind = async (api: Management, { path, body }: Step): Promise<Outcome> => {
  const answer = await api('GET', path);
  const bindings = Array.isArray(answer.body) ? answer.body : [];
  const old = bindings.find((one) => isDeepStrictEqual(asFound(body, one), body));
  const key = membersOf(old).properties_key;
  return typeof key === 'string'
    ? accepted(await api('DELETE', `${path}/${encodeURIComponent(key)}`), 'removed')
    : { how: 'absent' };
};

const set = async (api: Management, { path, body }: Step, compared: boolean): Promise<Outcome> => {
  const found = compared ? await api('GET', path) : undefined;
  return found?.status === 200 && isDeepStrictEqual(asFound(body, found.body), body)
    ? { how: 'present' }
    : accepted(await api('PUT', path, body), 'set');
};
