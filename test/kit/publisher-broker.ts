import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ChannelModel, type ConfirmChannel, connect } from 'amqplib';
import { messageOf } from '../../local/lambda/trigger/message.ts';
import { startRabbit } from '../../local/rabbitmq/rabbitmq.ts';
import { eventOf, type RabbitEvent } from '../../models/trigger/event.ts';
import { type ConnectedBroker, rabbitBroker } from '../../shared/rabbit/broker.ts';
import type { Login } from '../../shared/rabbit/dial.ts';
import { declareTopology } from '../../shared/rabbit/topology.ts';

export const replyPrefix = 'reply.';

const users = {
  functions: { username: 'davit', password: 'functions-secret-1' },
  publisher: { username: 'publisher', password: 'publisher-secret-1' },
};

/** A RabbitMQ with the topology of production, and its users. */
export interface PublisherBroker {
  /** A confirm channel on a connection of its own. */
  readonly channelOf: (who: 'publisher' | 'functions' | 'admin') => Promise<ConfirmChannel>;
  /** The functions' own adapter, with the functions' own user. */
  readonly davit: () => ConnectedBroker;
  /** All ready messages of a queue of Davit's, as the trigger passes them on. */
  readonly eventFrom: (queue: string, count: number) => Promise<RabbitEvent>;
  readonly close: () => Promise<void>;
}

/** Starts a private RabbitMQ and declares Davit's topology on it, as for a stage that is not `local`. */
export const openPublisherBroker = async (): Promise<PublisherBroker> => {
  const dir = mkdtempSync(join(tmpdir(), 'davit-publisher-'));
  const rabbit = await startRabbit({ dir, log: () => {} });
  const { faults } = await declareTopology({
    managementUrl: rabbit.managementUrl,
    admin: rabbit.admin,
    users,
    stage: 'prod',
    vhost: '/',
    replyPrefix,
    signal: new AbortController().signal,
  });
  if (faults.length > 0) throw new Error(faults.join('. '));
  const opened: ChannelModel[] = [];
  const logins: Readonly<Record<string, Login>> = { ...users, admin: rabbit.admin };

  const channelOf = async (who: string): Promise<ConfirmChannel> => {
    const { hostname, port } = new URL(rabbit.amqpUrl);
    const model = await connect({ hostname, port: Number(port), ...logins[who] });
    model.on('error', () => {});
    opened.push(model);
    const channel = await model.createConfirmChannel();
    channel.on('error', () => {});
    return channel;
  };

  return {
    channelOf,
    davit: () =>
      rabbitBroker(
        { url: rabbit.amqpUrl, virtualHost: '/', login: async () => users.functions },
        { source: '/davit/test', replyPrefix },
      ),
    eventFrom: async (queue, count) => {
      const channel = await channelOf('admin');
      const messages: Parameters<typeof messageOf>[0][] = [];
      while (messages.length < count) {
        const message = await channel.get(queue, { noAck: true });
        // A message of a consumer also has its consumer tag, which `get` does not return.
        if (message !== false) {
          messages.push({ ...message, fields: { ...message.fields, consumerTag: '' } });
        }
      }
      const source = { eventSourceArn: 'arn:aws:mq:eu-central-1:1:broker:b', virtualHost: '/' };
      return JSON.parse(JSON.stringify(eventOf({ ...source, queue }, messages.map(messageOf))));
    },
    close: async () => {
      for (const model of opened) await model.close().catch(() => {});
      await rabbit.stop();
      rmSync(dir, { recursive: true, force: true });
    },
  };
};
