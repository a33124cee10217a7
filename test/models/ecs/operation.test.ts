import { expect, it } from 'vitest';
import { definition, newReadyWorld, newWorld, runInput } from './kit.ts';

it.each([
  ['a body that is text', 'DescribeClusters', 'tasks', 'the request body must be an object'],
  ['a body that is a list', 'DescribeClusters', [], 'the request body must be an object'],
  ['text for a list', 'DescribeTasks', { tasks: 'a' }, 'tasks must be a list'],
  ['a number for text', 'DescribeTasks', { tasks: ['a', 1] }, 'tasks[1] must be a string'],
  ['a fraction', 'ListTasks', { maxResults: 1.5 }, 'maxResults must be an integer'],
  ['text for an integer', 'ListTasks', { maxResults: '1' }, 'maxResults must be an integer'],
  [
    'text for a boolean',
    'RunTask',
    runInput({ enableExecuteCommand: 'yes' }),
    'enableExecuteCommand must be a boolean',
  ],
  ['a list for an object', 'RunTask', runInput({ overrides: [] }), 'overrides must be an object'],
  [
    'an object without a required member',
    'RunTask',
    runInput({ overrides: { containerOverrides: [{ cpu: 1 }] } }),
    'overrides.containerOverrides[0].name is required',
  ],
  [
    'a number in a map of texts',
    'RegisterTaskDefinition',
    {
      ...definition,
      containerDefinitions: [
        { name: 'a', image: 'b', logConfiguration: { logDriver: 'awslogs', options: { mode: 1 } } },
      ],
    },
    'containerDefinitions[0].logConfiguration.options.mode must be a string',
  ],
] as const)('refuses %s', (_what, action, body, sentence) => {
  expect(newReadyWorld().refusal(action, body)).toBe(`SerializationException: ${sentence}`);
});

it('names the first fault alone, in the order of the schema', () => {
  const body = { family: 1, cpu: 2 };
  expect(newWorld().refusal('RegisterTaskDefinition', body)).toBe(
    'SerializationException: family must be a string',
  );
});

it('keeps a member that it does not read, whatever its name is', () => {
  const output = newWorld().ask('RegisterTaskDefinition', { ...definition, constructor: 'x' });
  expect(output.taskDefinition).toHaveProperty('constructor', 'x');
});
