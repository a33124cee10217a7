import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { root } from '../kit/root.ts';

const program = createRequire(import.meta.url).resolve('osls/bin/serverless.js');

/** The whole service as the stage `prod` has it; rejects with all that was printed where it cannot be. */
const printed = async (params: readonly string[], region: readonly string[] = inRegion) => {
  const words = [program, 'print', '--stage', 'prod', ...region];
  const named = params.flatMap((one) => ['--param', one]);
  const { stdout } = await promisify(execFile)(process.execPath, [...words, ...named], {
    cwd: root,
  });
  return parse(stdout);
};

const inRegion = ['--region', 'eu-west-1'];

/** All that is printed of the stage `prod` with these parameters, where it is refused. */
const refused = (params: readonly string[], region = inRegion): Promise<string> =>
  printed(params, region).then(
    () => 'nothing was refused',
    (error: { stdout: string; stderr: string }) => error.stdout + error.stderr,
  );

/** Parameters of the template by the names that `--param` has for them, but those that may be left out. */
const required: readonly (readonly [string, string])[] = Object.entries<{ Default: string }>(
  parse(readFileSync(join(root, 'infra/parameters.yml'), 'utf8')).Parameters,
).flatMap(([name, { Default }]) => {
  const [, param] = /^\$\{param:(\w+)\}$/.exec(Default) ?? [];
  return param === undefined ? [] : [[name, param] as const];
});

it('asks for everything that the account brings, by name', async () => {
  expect(required.length).toBeGreaterThan(10);
  const output = await refused([]);
  for (const [name] of required) {
    expect(output).toContain(`Parameters.${name}.Default": Value not found at "param" source`);
  }
  for (const name of ['FunctionSubnetIds', 'FunctionSecurityGroupIds']) {
    expect(required.map(([one]) => one)).toContain(name);
  }
  // A forgotten region would put a second stage beside the one that was meant.
  expect(await refused([], [])).toContain('Cannot resolve variable at "provider.region"');
}, 120_000);

/** A value for a parameter that this machine can only make up. */
const madeUp = (param: string): string =>
  param === 'registry'
    ? '123456789012.dkr.ecr.eu-west-1.amazonaws.com/made-up/registry'
    : `made-up-${param}`;

it('needs nothing but these', async () => {
  const { custom, provider, resources } = await printed(
    required.map(([, param]) => `${param}=${madeUp(param)}`),
  );
  expect(custom.prefix).toBe('davit-prod');
  expect(provider.region).toBe('eu-west-1');
  for (const [name, param] of required) {
    expect(resources.Parameters[name].Default).toBe(madeUp(param));
  }
  expect(resources.Parameters.Triggers.Default).toBe('now');
}, 120_000);

it('refuses a value that CloudFormation would refuse, and a name that no parameter has, which would be ignored', async () => {
  const output = await refused([
    'virtualHost=/video',
    'subnetIDs=subnet-1',
    'clusterName=runs',
    'triggers=off',
  ]);
  expect(output).toContain('--param triggers=off: must be now, or later ');
  expect(output).toContain('--param virtualHost=/video: must be /, ');
  expect(output).toContain(
    '--param subnetIDs: there is no such parameter; did you mean subnetIds?',
  );
  expect(output).not.toContain('--param clusterName');
}, 120_000);
