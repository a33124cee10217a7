import type { DefinitionSite } from '../../shared/aws/definition-call.ts';
import { familiesOf } from '../../shared/core/family.ts';
import type { Site } from '../../shared/core/launch-order.ts';
import type { ToolSpec } from '../../shared/core/tool.ts';

/** The cluster of the memory ports. */
export const cluster = 'davit-test';

/** Where flows under test launch. */
export const site: Site = {
  cluster,
  subnets: ['subnet-0a1b2c3d'],
  securityGroups: ['sg-0a1b2c3d'],
  providers: { cpu: 'FARGATE', 'cpu-spot': 'FARGATE_SPOT' },
};

/** Where release under test registers versions. */
export const definitionSite: DefinitionSite = {
  stage: 'test',
  region: 'eu-central-1',
  registry: '123456789012.dkr.ecr.eu-central-1.amazonaws.com/davit-test',
  logGroup: '/davit/test/tools',
  executionRole: 'arn:aws:iam::123456789012:role/davit-test-execution',
  taskRole: 'arn:aws:iam::123456789012:role/davit-test-task',
};

/** The prefix of the names of its task definition families. */
export const families = familiesOf(definitionSite.stage);

/** The smallest tool, with every default of tools.yml. */
export const echoSpec: ToolSpec = {
  image: 'echo',
  cpu: 256,
  memoryMiB: 512,
  maxCpu: 1024,
  maxMemoryMiB: 2048,
  placements: ['cpu'],
  timeoutMs: 3_600_000,
  startTimeoutMs: 900_000,
  startWithinMs: 86_400_000,
  attempts: 3,
  delaysMs: [10_000, 60_000, 300_000, 900_000],
  reclaims: 5,
  stopTimeoutS: 30,
  exitCodes: {},
  doubleMemory: false,
  result: true,
};
