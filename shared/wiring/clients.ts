import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { ECRClient } from '@aws-sdk/client-ecr';
import { ECSClient } from '@aws-sdk/client-ecs';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SSMClient } from '@aws-sdk/client-ssm';
import { ecsClientConfig } from '../aws/runs.ts';
import { present } from '../core/present.ts';
import { once } from '../once.ts';

/** The SDK waits without limit by default. A call without an answer must fail while there is time to write that down. */
const requestHandler = {
  connectionTimeout: 3_000,
  requestTimeout: 10_000,
  throwOnRequestTimeout: true,
};

// `PURE`: a bundle leaves out the clients that its function does not call.
export const dynamodb = /* @__PURE__ */ once(() => new DynamoDBClient({ requestHandler }));
export const ecr = /* @__PURE__ */ once(
  (region: string | undefined) => new ECRClient({ requestHandler, ...present({ region }) }),
);
export const ecs = /* @__PURE__ */ once(
  () => new ECSClient({ requestHandler, ...ecsClientConfig }),
);
/** For the ends of the tools' logs: nothing waits long for them. */
export const cloudWatchLogs = /* @__PURE__ */ once(
  () =>
    new CloudWatchLogsClient({
      requestHandler: { ...requestHandler, connectionTimeout: 2_000, requestTimeout: 3_000 },
      maxAttempts: 1,
    }),
);
export const eventBridge = /* @__PURE__ */ once(() => new EventBridgeClient({ requestHandler }));
export const secretsManager = /* @__PURE__ */ once(
  () => new SecretsManagerClient({ requestHandler }),
);
export const ssm = /* @__PURE__ */ once(() => new SSMClient({ requestHandler }));

/** For `dispatch`: a tool that cannot be looked up becomes a hold, so a short timeout leaves time for the rest of the batch. */
export const quickSsm = /* @__PURE__ */ once(
  () =>
    new SSMClient({
      requestHandler: { ...requestHandler, connectionTimeout: 2_000, requestTimeout: 2_000 },
      maxAttempts: 2,
    }),
);
