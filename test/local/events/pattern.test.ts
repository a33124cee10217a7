import { expect, it } from 'vitest';
import { eventTest } from '../../../local/events/pattern.ts';

const event = {
  source: 'aws.ecs',
  resources: ['arn:1', 'arn:2'],
  detail: {
    lastStatus: 'RUNNING',
    exitCode: 3,
    stopped: false,
    nothing: null,
    containers: [{ name: 'sidecar' }, { name: 'tool' }],
  },
};

it.each([
  [{ source: ['aws.ecs'] }, true],
  [{ source: ['aws.ssm'] }, false],
  [{ source: ['aws.ssm', 'aws.ecs'] }, true],
  [{ source: ['aws.ecs'], detail: { lastStatus: ['STOPPED'] } }, false],
  [{ resources: ['arn:2'] }, true],
  [{ source: [{ prefix: 'aws.' }] }, true],
  [{ source: [{ prefix: 'ecs' }] }, false],
  [{ source: [{ suffix: '.ecs' }] }, true],
  [{ source: [{ 'equals-ignore-case': 'AWS.ECS' }] }, true],
  [{ source: [{ wildcard: 'a*.e*s' }] }, true],
  [{ source: [{ wildcard: 'a.*' }] }, false],
  [{ source: [{ 'anything-but': 'aws.ecs' }] }, false],
  [{ source: [{ 'anything-but': ['aws.ssm', 'aws.ec2'] }] }, true],
  [{ source: [{ 'anything-but': { prefix: 'aws.e' } }] }, false],
  [{ absent: [{ 'anything-but': 'x' }] }, false],
  [{ detail: { lastStatus: [{ exists: true }] } }, true],
  [{ detail: { lastStatus: [{ exists: false }] } }, false],
  [{ detail: { absent: [{ exists: false }] } }, true],
  [{ absent: { deeper: [{ exists: false }] } }, true],
  [{ detail: { exitCode: [{ numeric: ['>', 0, '<=', 3] }] } }, true],
  [{ detail: { exitCode: [{ numeric: ['>', 3] }] } }, false],
  [{ detail: { exitCode: [3] } }, true],
  [{ detail: { exitCode: ['3'] } }, false],
  [{ detail: { stopped: [false], nothing: [null] } }, true],
  [{ detail: { containers: { name: ['tool'] } } }, true],
  [{ detail: { containers: { name: ['other'] } } }, false],
])('%j matches: %j', (pattern, expected) => {
  expect(eventTest(pattern)(event)).toBe(expected);
});

it.each([
  { source: [{ cidr: '10.0.0.0/8' }] },
  { $or: [{ source: ['x'] }] },
  { source: [{ numeric: ['~', 1] }] },
  { source: [{ prefix: 'a', suffix: 'b' }] },
])('refuses %j, which it does not understand', (pattern) => {
  expect(() => eventTest(pattern)).toThrow(/the local AWS does not understand/);
});
