import { brokerIn, configOf } from '../config.ts';
import { once } from '../once.ts';
import { rabbitBroker } from '../rabbit/broker.ts';
import { readSecret } from './secret.ts';
import { sourceOf } from './source.ts';

const brokerConfig = /* @__PURE__ */ once(() => configOf(brokerIn));

/** For `dispatch` and `control`: the beginning of the names of the queues that this stage replies to. */
export const replyPrefix = (): string => brokerConfig().replyPrefix;

/** The broker that a configuration names, with its connections, and its login until the broker refuses that. */
export const brokerOf = /* @__PURE__ */ once((config: ReturnType<typeof brokerIn>) => {
  const { url, virtualHost, arn, stage, replyPrefix } = config;
  let known: ReturnType<typeof readSecret> | undefined;
  const login = (fresh: boolean): ReturnType<typeof readSecret> => {
    if (fresh || known === undefined) {
      known = readSecret(arn);
      known.catch(() => {
        known = undefined;
      });
    }
    return known;
  };
  return rabbitBroker({ url, virtualHost, login }, { source: sourceOf(stage), replyPrefix });
});
