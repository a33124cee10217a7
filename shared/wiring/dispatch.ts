import { configOf, launchIn } from '../config.ts';
import type { LaunchPorts } from '../flows/decide-launch.ts';
import { once } from '../once.ts';
import { requestOf } from '../wire/message.ts';
import { sha256 } from '../wire/sha256.ts';
import { carryOutPortsOf, gatesOf, launchPace } from './rows.ts';
import { toolsOf } from './tools.ts';

const launchConfig = /* @__PURE__ */ once(() => configOf(launchIn));

/** For `dispatch`. */
export const launchPorts = (signal: AbortSignal): LaunchPorts => {
  const { rows, prefix, site } = launchConfig();
  const gates = gatesOf(rows.table, signal);
  const ports = carryOutPortsOf(rows, signal, gates);
  return {
    ...ports,
    pace: launchPace(),
    stage: rows.stage,
    gates,
    tools: toolsOf({ table: rows.table, prefix }, signal),
    site: { ...site, providers: { cpu: 'FARGATE', 'cpu-spot': 'FARGATE_SPOT' } },
    requestOf,
    sha256,
  };
};
