import { marshall } from '@aws-sdk/util-dynamodb';
import { liveText } from '../../shared/wire/live.ts';
import { storedFields } from '../../shared/wire/stored-time.ts';
import { at, release, start } from './tasks.ts';

/** Where the tools' parameters stand in the test. */
export const prefix = '/davit/test/tools';
/** A parameter as SSM answers it. */
export const parameter = (name: string, Value: string, Version = 1) => ({
  Name: `${prefix}/${name}`,
  Value,
  Version,
});
/** Of a version that was never built. */
export const refusal = { version: '9.9.9', why: 'there is no image transcoder:9.9.9', at: at(5) };
/** What release wrote of the transcoder. */
export const live = (over: object = {}) =>
  parameter(
    'transcoder/live',
    liveText({ release, pinVersion: 1, specVersion: 1, changedAt: 0, ...over }),
  );
export const spec = parameter('transcoder/spec', '{}');

/** What the table keeps of version 1.0.0 of the transcoder. */
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
