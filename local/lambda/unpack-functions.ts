import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { present } from '../../shared/core/present.ts';
import { awsAccount } from '../template/aws-account.ts';
import type { FunctionSpec } from './invoke.ts';
import type { PlannedFunction } from './plan-functions.ts';
import { unzip } from './unzip.ts';

/**
 * Unpacks each function's bundle, and removes earlier ones. For the start of a stack: no process may have an earlier bundle open.
 */
export const unpackFunctions = (
  planned: readonly PlannedFunction[],
  packageDir: string,
  into: string,
): readonly FunctionSpec[] =>
  planned.map((one) => {
    const spec = unpackFunction(one, packageDir, into);
    for (const name of readdirSync(join(into, one.name))) {
      const path = join(into, one.name, name);
      if (path !== spec.codeDir) rmSync(path, { recursive: true, force: true });
    }
    return spec;
  });

/** Unpacks a function's bundle into a folder that is named after the bundle's digest, unless it was unpacked before. */
export const unpackFunction = (
  one: PlannedFunction,
  packageDir: string,
  into: string,
): FunctionSpec => {
  const bundle = join(packageDir, one.bundle);
  if (!existsSync(bundle))
    throw new Error(
      `The package has no bundle ${bundle} of ${one.name}. Remove the folder ${packageDir} and start again.`,
    );
  const digest = createHash('sha256').update(readFileSync(bundle)).digest('hex').slice(0, 16);
  const codeDir = join(into, one.name, digest);
  const complete = join(codeDir, '.complete');
  if (!existsSync(complete)) {
    rmSync(codeDir, { recursive: true, force: true });
    unzip(bundle, codeDir);
    writeFileSync(complete, '');
  }
  return {
    name: one.name,
    arn: `arn:aws:lambda:${awsAccount.region}:${awsAccount.account}:function:${one.name}`,
    ...present({ roleArn: one.roleArn }),
    handler: one.handler,
    codeDir,
    environment: one.environment,
    memoryMiB: one.memoryMiB,
    timeoutMs: one.timeoutMs,
    logGroup: one.logGroup,
    reservedConcurrency: one.reservedConcurrency,
  };
};
