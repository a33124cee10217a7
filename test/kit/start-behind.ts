import type { Release } from '../../shared/core/tool.ts';
import type { World } from './world.ts';

/** Starts an ECS task of echo with this `startedBy`, without Davit. */
export const startBehind = async (
  world: World,
  startedBy: string,
  release: Release = world.registered('1.0.0'),
): Promise<string> => {
  const answer = await world.runs.launch({
    cluster: 'davit-test',
    taskDefinition: release.definitions.fargate ?? '',
    capacityProvider: 'FARGATE',
    subnets: ['subnet-0a1b2c3d'],
    securityGroups: ['sg-0a1b2c3d'],
    assignPublicIp: false,
    environment: {},
    startedBy,
    clientToken: `behind-${startedBy}-${Math.random()}`,
    intendedAt: world.clock.now(),
  });
  if (answer.kind !== 'accepted') throw new Error(`the model answered ${answer.kind}`);
  return answer.ecsTaskArn;
};
