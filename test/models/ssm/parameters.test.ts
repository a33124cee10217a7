import { describe, expect, it } from 'vitest';
import { call, newParameters, throttle } from '../../../models/ssm/parameters.ts';
import type { ParameterAction, ParameterState } from '../../../models/ssm/types.ts';

const name = '/davit/test/tools/echo/version';

const store = (options: Parameters<typeof newParameters>[0] = {}) => {
  let state: ParameterState = newParameters(options);
  let now = 1_700_000_000_000;
  return {
    call: (action: ParameterAction, input: object) => {
      const { state: next, ...rest } = call(state, { action, input }, now);
      state = next;
      return rest;
    },
    wait: (ms: number) => {
      now += ms;
    },
    throttle: (ms: number) => {
      state = throttle(state, now + ms);
    },
    state: () => state,
  };
};

const pinned = (options: Parameters<typeof newParameters>[0] = {}) => {
  const ssm = store(options);
  ssm.call('PutParameter', { Name: name, Value: '1.0.0', Type: 'String' });
  return ssm;
};

describe('a parameter', () => {
  it('has versions that count from 1, each with its time', () => {
    const ssm = pinned();
    ssm.wait(5000);
    expect(ssm.call('PutParameter', { Name: name, Value: '2.0.0', Overwrite: true })).toEqual({
      answer: { ok: true, output: { Version: 2, Tier: 'Standard' } },
      change: { operation: 'Update', name, type: 'String' },
    });
    expect(ssm.call('GetParameter', { Name: name })).toMatchObject({
      answer: {
        output: { Parameter: { Value: '2.0.0', Version: 2, LastModifiedDate: 1_700_000_005 } },
      },
    });
    expect(ssm.call('GetParameter', { Name: `${name}:1` })).toMatchObject({
      answer: { output: { Parameter: { Value: '1.0.0', Version: 1, Selector: ':1' } } },
    });
    expect(ssm.call('GetParameter', { Name: `${name}:3` })).toMatchObject({
      answer: { error: { code: 'ParameterVersionNotFound' } },
    });
  });

  it('keeps the newest 100 versions', () => {
    const ssm = pinned();
    for (let version = 2; version <= 101; version += 1) {
      ssm.call('PutParameter', { Name: name, Value: `${version}`, Overwrite: true });
    }
    expect(ssm.call('GetParameter', { Name: `${name}:1` })).toMatchObject({
      answer: { ok: false },
    });
    expect(ssm.call('GetParameter', { Name: `${name}:2` })).toMatchObject({
      answer: { output: { Parameter: { Value: '2' } } },
    });
  });

  it('counts from 1 again after it was deleted', () => {
    const ssm = pinned();
    ssm.call('PutParameter', { Name: name, Value: '2', Overwrite: true });
    expect(ssm.call('DeleteParameter', { Name: name })).toMatchObject({
      answer: { ok: true },
      change: { operation: 'Delete', name },
    });
    expect(ssm.call('DeleteParameter', { Name: name })).toMatchObject({
      answer: { error: { code: 'ParameterNotFound' } },
    });
    expect(ssm.call('PutParameter', { Name: name, Value: '1', Type: 'String' })).toMatchObject({
      answer: { output: { Version: 1 } },
      change: { operation: 'Create' },
    });
  });

  it.each([
    ['over 4 KB', { Value: 'é'.repeat(2049) }, /maximum parameter value of 4096/],
    ['with a reserved name', { Name: '/aws/x' }, /no prefix "aws"/],
    ['with more than 15 levels', { Name: '/a'.repeat(16) }, /15 levels/],
    ['with a path that has no leading slash', { Name: 'a/b' }, /fully qualified/],
    ['that nests another one', { Value: '{{ssm:x}}' }, /nest another parameter/],
    ['without a type', { Name: '/new', Type: undefined }, /type is required/],
    ['of an unknown type', { Name: '/new', Type: 'Number' }, /enum value set/],
    ['without a value', { Value: undefined }, /Value/],
  ])('%s is refused', (_what, more, why) => {
    const ssm = store();
    const { answer, change } = ssm.call('PutParameter', {
      Name: name,
      Value: '1',
      Type: 'String',
      ...more,
    });
    expect(answer).toMatchObject({
      ok: false,
      error: { code: 'ValidationException', message: expect.stringMatching(why) },
    });
    expect(change).toBeUndefined();
    expect(ssm.state().parameters).toEqual({});
  });

  it('is not overwritten by accident', () => {
    expect(pinned().call('PutParameter', { Name: name, Value: '2' })).toMatchObject({
      answer: { error: { code: 'ParameterAlreadyExists' } },
    });
  });
});

it('GetParameters names what it does not find, and takes 10 names', () => {
  const ssm = pinned();
  expect(ssm.call('GetParameters', { Names: [name, '/none'] })).toMatchObject({
    answer: { output: { Parameters: [{ Name: name }], InvalidParameters: ['/none'] } },
  });
  const many = Array.from({ length: 11 }, (_, at) => `/${at}`);
  expect(ssm.call('GetParameters', { Names: many })).toMatchObject({
    answer: { error: { code: 'ValidationException' } },
  });
});

it('GetParametersByPath goes through the pages of a path, one level or all', () => {
  const ssm = store();
  for (let at = 10; at < 35; at += 1) {
    ssm.call('PutParameter', { Name: `/p/t${at}/spec`, Value: '{}', Type: 'String' });
  }
  ssm.call('PutParameter', { Name: '/p/top', Value: '1', Type: 'String' });
  ssm.call('PutParameter', { Name: '/pp/other', Value: '1', Type: 'String' });
  const names: string[] = [];
  let token: string | undefined;
  do {
    const input = { Path: '/p', Recursive: true, NextToken: token };
    const { answer } = ssm.call('GetParametersByPath', input);
    names.push(...((answer.ok && answer.output.Parameters) || []).map(({ Name }) => Name));
    token = answer.ok ? answer.output.NextToken : undefined;
  } while (token !== undefined);
  expect(names).toHaveLength(26);
  expect(ssm.call('GetParametersByPath', { Path: '/p/' })).toMatchObject({
    answer: { output: { Parameters: [{ Name: '/p/top' }] } },
  });
});

describe('the rate', () => {
  const reads = (ssm: ReturnType<typeof store>, count: number) =>
    Array.from({ length: count }, () => ssm.call('GetParameters', { Names: [name] }).answer.ok);

  it('is 40 reads a second for all reads together, and none for writes', () => {
    const ssm = pinned();
    expect(reads(ssm, 41).filter((ok) => ok)).toHaveLength(40);
    expect(ssm.call('PutParameter', { Name: name, Value: '2', Overwrite: true })).toMatchObject({
      answer: { ok: true },
    });
    ssm.wait(100);
    expect(reads(ssm, 10).filter((ok) => ok)).toHaveLength(4);
    ssm.wait(60_000);
    expect(reads(ssm, 50).filter((ok) => ok)).toHaveLength(40);
  });

  it('can be off', () => {
    expect(reads(pinned({ throttled: false }), 100)).not.toContain(false);
  });

  it('is zero while a control says so', () => {
    const ssm = pinned();
    ssm.throttle(1000);
    const refused = {
      answer: { error: { code: 'ThrottlingException', message: 'Rate exceeded' } },
    };
    expect(ssm.call('GetParameter', { Name: name })).toMatchObject(refused);
    expect(ssm.call('DeleteParameter', { Name: name })).toMatchObject(refused);
    ssm.wait(1000);
    expect(ssm.call('GetParameter', { Name: name })).toMatchObject({ answer: { ok: true } });
  });
});
