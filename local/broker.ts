import { startRabbit } from './rabbitmq/rabbitmq.ts';

type Rabbit = Awaited<ReturnType<typeof startRabbit>>;

/** The private RabbitMQ of a stack, kept alive. */
export type Broker = {
  readonly amqpUrl: () => string;
  readonly managementUrl: () => string;
  readonly admin: () => { readonly username: string; readonly password: string };
  /** Stops the server for a while, as a maintenance window does. */
  readonly stop: () => Promise<void>;
  readonly start: () => Promise<void>;
};

/** Starts RabbitMQ; a server that ends unasked is started again, as Amazon MQ does. */
export const openBroker = async (options: {
  readonly dir: string;
  readonly signal: AbortSignal | undefined;
  readonly log: (line: string) => void;
}): Promise<Broker> => {
  const launch = async (): Promise<Rabbit> => {
    const started = await startRabbit(options);
    void started.ended.then(() => {
      if (wanted) {
        options.log('RabbitMQ ended by itself and is started again');
        again();
      }
    });
    return started;
  };

  const again = (): void => {
    changing = changing.then(async () => {
      await rabbit.stop();
      if (wanted) rabbit = await launch();
    });
    changing.catch((cause: unknown) => options.log(`RabbitMQ does not start: ${String(cause)}`));
  };

  let wanted = true;
  let rabbit = await launch();
  let changing: Promise<void> = Promise.resolve();

  return {
    amqpUrl: () => rabbit.amqpUrl,
    managementUrl: () => rabbit.managementUrl,
    admin: () => rabbit.admin,
    stop: async () => {
      wanted = false;
      await changing.catch(() => undefined);
      await rabbit.stop();
    },
    start: async () => {
      wanted = true;
      const before = rabbit.amqpUrl;
      rabbit = await launch();
      if (rabbit.amqpUrl !== before) {
        options.log(
          `RabbitMQ moved from ${before} to ${rabbit.amqpUrl}: functions know the old one; start anew`,
        );
      }
    },
  };
};
