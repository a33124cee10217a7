import { configOf } from '../config.ts';
import { log } from '../log.ts';
import { declareTopology, type TopologyReport } from '../rabbit/topology.ts';
import { readSecret } from './secret.ts';

/** For `topology`: declares what Davit needs in the broker. Throws with every fault when something is not as it must be. */
export const declareBroker = async (signal: AbortSignal): Promise<TopologyReport> => {
  const { secrets, ...config } = configOf((env) => ({
    stage: env.stage(),
    managementUrl: env.managementUrl(),
    vhost: env.virtualHost(),
    replyPrefix: env.replyPrefix(),
    secrets: [env.adminSecret(), env.brokerSecret(), env.publisherSecret()] as const,
  }));
  const [admin, functions, publisher] = await Promise.all([
    readSecret(secrets[0]),
    readSecret(secrets[1]),
    readSecret(secrets[2]),
  ]);
  const report = await declareTopology({
    ...config,
    admin,
    users: { functions, publisher },
    signal,
  });
  if (report.faults.length > 0)
    throw new Error(`The broker is not as Davit needs it. ${report.faults.join('. ')}`);
  log('info', 'topology.declared', { ...report });
  return report;
};
