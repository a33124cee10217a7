import { setTimeout as sleep } from 'node:timers/promises';
import { errorMessage } from '../../shared/core/error-message.ts';
import { type Rabbit, type RabbitOptions, startRabbit } from './rabbitmq.ts';

/** The private RabbitMQ of a stack, kept alive. */
export interface Broker {
  readonly amqpUrl: () => string;
  readonly managementUrl: () => string;
  readonly admin: () => { readonly username: string; readonly password: string };
  /** Stops the server for a while, as a maintenance window does. */
  readonly stop: () => Promise<void>;
  readonly start: () => Promise<void>;
}

const retryMs = 1_000;
// The functions keep the address of the first start. A port that another program has for a moment is worth a wait.
const relaunchPortWaitMs = 10_000;

/** Starts RabbitMQ. When the server ends without `stop`, it is started again until it runs, as Amazon MQ does. */
export const openBroker = async (
  options: RabbitOptions,
  startOne: (options: RabbitOptions) => Promise<Rabbit> = startRabbit,
): Promise<Broker> => {
  const launch = async (portWaitMs: number): Promise<Rabbit> => {
    const started = await startOne({ ...options, portWaitMs });
    void started.ended.then(() => {
      if (!wanted) return;
      options.log('RabbitMQ ended by itself and is started again');
      changing = changing.then(restart);
    });
    return started;
  };

  const relaunch = async (): Promise<void> => {
    const before = rabbit.amqpUrl;
    rabbit = await launch(relaunchPortWaitMs);
    if (rabbit.amqpUrl === before) return;
    options.log(
      `RabbitMQ moved from ${before} to ${rabbit.amqpUrl}: functions still use the old address; end the stack and start it again`,
    );
  };

  const restart = async (): Promise<void> => {
    while (wanted) {
      try {
        await rabbit.stop();
        if (wanted) await relaunch();
        return;
      } catch (cause) {
        if (wanted)
          options.log(`RabbitMQ did not start, and is tried again: ${errorMessage(cause)}`);
        await sleep(retryMs);
      }
    }
  };

  let wanted = true;
  let changing: Promise<void> = Promise.resolve();
  let rabbit = await launch(0);

  return {
    amqpUrl: () => rabbit.amqpUrl,
    managementUrl: () => rabbit.managementUrl,
    admin: () => rabbit.admin,
    stop: async () => {
      wanted = false;
      await changing;
      await rabbit.stop();
    },
    start: async () => {
      wanted = true;
      await relaunch();
    },
  };
};
