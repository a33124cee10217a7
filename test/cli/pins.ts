import { marshall } from '@aws-sdk/util-dynamodb';
import { liveText } from '../../shared/wire/live.ts';
import { storedFields } from '../../shared/wire/stored-time.ts';
import { at, release, start } from './tasks.ts';

/** The path of the tools' parameters in the tests. */
export const prefix = '/davit/test/tools';
/** A parameter as SSM answers it. */
export const parameter = (name: string, Value: string, Version = 1) => ({
  Name: `${prefix}/${name}`,
  Value,
  Version,
});
/** The refusal of a version that was never built. */
export const refusal = { version: '9.9.9', why: 'there is no image transcoder:9.9.9', at: at(5) };
/** The live record of the transcoder. */
export const live = (over: object = {}) =>
  parameter(
    'transcoder/live',
    liveText({ release, pinVersion: 1, specVersion: 1, changedAt: 0, ...over }),
  );
export const spec = parameter('transcoder/spec', '{}');

/** The record of version 1.0.0 of the transcoder in the table. */
export const versionItem = (over: Readonly<Record<string, unknown>> = {}) =>
  marshall(
    storedFields({
      taskId: '#version/transcoder/1.0.0',
      tool: 'transcoder',
      version: '1.0.0',
      imageDigest: 'sha256:abc',
      definitions: release.definitions,
      spec: release.spec,
      specVersion: 1,
      registeredAt: start,
      provenAt: at(20),
      failedStarts: 0,
      ...over,
    }),
  );

/** A placement that was closed at `at(1)`, and is tried at `at(2)`. */
export const closedGate = marshall({
  taskId: '#gate/placement/cpu',
  closedSince: new Date(at(1)).toISOString(),
  closedUntil: new Date(at(2)).toISOString(),
  failures: 3,
  revision: 3,
  reason: 'RESOURCE:CPU',
});
