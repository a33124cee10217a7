import { afterEach, expect, test, vi } from 'vitest';
import { launchPorts } from '../../shared/wiring/dispatch.ts';

afterEach(() => vi.unstubAllEnvs());

test('a function names everything that its environment lacks in one message', () => {
  for (const name of Object.keys(process.env).filter((one) => one.startsWith('DAVIT_')))
    vi.stubEnv(name, undefined);
  const wire = () => launchPorts(new AbortController().signal);
  for (const name of [
    'DAVIT_STAGE',
    'DAVIT_TABLE',
    'DAVIT_CLUSTER',
    'DAVIT_BUS',
    'DAVIT_BROKER_URL',
    'DAVIT_BROKER_SECRET',
    'DAVIT_REPLY_PREFIX',
    'DAVIT_PARAMETERS',
    'DAVIT_SUBNETS',
    'DAVIT_SECURITY_GROUPS',
  ]) {
    expect(wire).toThrow(name);
  }
  // Cluster and stage are read in two places, and named once.
  expect(wire).toThrow(/^(?!.*DAVIT_CLUSTER.*DAVIT_CLUSTER)(?!.*DAVIT_STAGE.*DAVIT_STAGE)/s);
});
