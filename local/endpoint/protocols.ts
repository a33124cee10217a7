import type { AwsService, JsonApi, OwnApi } from '../service.ts';
import type { JsonActions } from './call.ts';
import type { Gate } from './gate.ts';
import { jsonProtocol } from './json-protocol.ts';
import type { Protocol } from './server.ts';

/** The protocols of services, by the names that requests are signed for: those of their own, then one for all JSON services. */
export const protocolsOf = (
  services: Readonly<Record<string, Pick<AwsService, 'api'>>>,
  gate: Gate,
): readonly Protocol[] => {
  const apis = Object.entries(services).map(([name, { api }]) => ({ name, api }));
  const own = apis.flatMap(({ api }) => (isOwn(api) ? [api.protocol(gate)] : []));
  const actions: Readonly<Record<string, JsonActions>> = Object.fromEntries(
    apis.flatMap(({ name, api }) => (isOwn(api) ? [] : [[name, api.actions]])),
  );
  const json: Protocol = {
    style: 'json',
    speaks: () => true,
    answer: jsonProtocol(actions, gate),
  };
  return [...own, json];
};

const isOwn = (api: JsonApi | OwnApi): api is OwnApi => api.kind === 'own';
