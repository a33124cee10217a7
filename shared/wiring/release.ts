import { randomUUID } from 'node:crypto';
import { refusalsBus } from '../aws/bus.ts';
import { registryRegionOf } from '../aws/registry.ts';
import { awsReleases } from '../aws/releases.ts';
import { configOf } from '../config.ts';
import type { ReleasePorts } from '../flows/move-live.ts';
import { log } from '../log.ts';
import { meter } from '../metrics.ts';
import { dynamodb, ecr, ecs, eventBridge, ssm } from './clients.ts';
import { clock } from './clock.ts';
import { sourceOf } from './source.ts';

/** For `release`. */
export const releasePorts = (signal: AbortSignal): ReleasePorts => {
  const { table, prefix, bus, ...site } = configOf((env) => ({
    table: env.table(),
    bus: env.bus(),
    prefix: env.parameters(),
    stage: env.stage(),
    region: env.region(),
    registry: env.registry(),
    logGroup: env.logGroup(),
    executionRole: env.executionRole(),
    taskRole: env.taskRole(),
  }));
  const clients = {
    ssm: ssm(),
    ecr: ecr(registryRegionOf(site.registry)),
    ecs: ecs(),
    dynamodb: dynamodb(),
  };
  const source = sourceOf(site.stage);
  return {
    releases: awsReleases({ ...clients, table, prefix, site, newId: randomUUID, signal }),
    stage: site.stage,
    refusals: refusalsBus({ client: eventBridge(), bus, source, signal }),
    meter,
    log,
    clock,
  };
};
