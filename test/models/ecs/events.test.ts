import { describe, expect, it } from 'vitest';
import { newReadyWorld, startRunningTask, type World } from './kit.ts';

const versions = (world: World) => world.events.map((event) => event.detail.version);

describe('a task state change', () => {
  it('has the shape that EventBridge delivers', () => {
    const world = newReadyWorld();
    const taskArn = startRunningTask(world);
    const event = world.events.at(-1);
    expect(event).toMatchObject({
      version: '0',
      id: expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/),
      'detail-type': 'ECS Task State Change',
      source: 'aws.ecs',
      account: '123456789012',
      time: '2026-11-18T11:06:40Z',
      region: 'eu-central-1',
      resources: [taskArn],
    });
    expect(event?.detail).toMatchObject({
      attachments: [{ type: 'eni', status: 'ATTACHED' }],
      capacityProviderName: 'FARGATE',
      clusterArn: 'arn:aws:ecs:eu-central-1:123456789012:cluster/davit-local',
      containers: [{ name: 'tool', lastStatus: 'RUNNING', cpu: '0', taskArn }],
      cpu: '256',
      createdAt: '2026-11-18T11:06:40.000Z',
      desiredStatus: 'RUNNING',
      lastStatus: 'RUNNING',
      launchType: 'FARGATE',
      memory: '512',
      overrides: {
        containerOverrides: [{ name: 'tool', environment: [{ name: 'DAVIT_RUN', value: '1' }] }],
      },
      platformVersion: '1.4.0',
      startedAt: '2026-11-18T11:06:40.000Z',
      startedBy: 'task-1/1',
      taskArn,
      updatedAt: '2026-11-18T11:06:40.000Z',
      version: 4,
    });
    expect(event?.detail).not.toHaveProperty('tags');
  });

  it('can be lost, up to all events', () => {
    const world = newReadyWorld({ eventLoss: 1 });
    startRunningTask(world);
    expect(world.events).toEqual([]);
  });

  it('can come twice with the same content', () => {
    const world = newReadyWorld({ eventDoubles: 1 });
    startRunningTask(world);
    expect(versions(world)).toEqual([1, 1, 2, 2, 3, 3, 4, 4]);
    expect(world.events[0]).toEqual(world.events[1]);
  });

  it('can come late and out of order, but always comes', () => {
    const world = newReadyWorld({ eventDelayMs: [1, 1000] });
    startRunningTask(world);
    expect(world.events).toEqual([]);
    world.pass(1000);
    expect(versions(world).toSorted()).toEqual([1, 2, 3, 4]);
    const shuffled = Array.from({ length: 10 }, (_, seed) => {
      const other = newReadyWorld({ eventDelayMs: [1, 1000] }, seed);
      startRunningTask(other);
      other.pass(1000);
      return versions(other).join();
    });
    expect(shuffled.some((order) => order !== '1,2,3,4')).toBe(true);
  });
});
