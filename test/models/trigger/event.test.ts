import { describe, expect, it } from 'vitest';
import { eventOf, recordOf, timestampOf } from '../../../models/trigger/event.ts';
import { message, source } from './kit.ts';

describe('the event', () => {
  it('is the one that AWS documents', () => {
    const event = eventOf(
      {
        eventSourceArn: 'arn:aws:mq:us-east-2:111122223333:broker:pizzaBroker:b-9bcfa592',
        queue: 'pizzaQueue',
        virtualHost: '/',
      },
      [
        message(1, {
          properties: {
            contentType: 'text/plain',
            headers: { header1: 'value1', header2: 'value2', numberInHeader: 10 },
            deliveryMode: 1,
            priority: 34,
            expiration: '60000',
            timestamp: 2021,
            userId: 'AIDACKCEVSQ6C2EXAMPLE',
          },
          bodyBase64: 'eyJ0aW1lb3V0IjowLCJkYXRhIjoiQ1pybWYwR3c4T3Y0YnFMUXhENEUifQ==',
          bodyBytes: 80,
        }),
      ],
    );
    expect(event).toStrictEqual({
      eventSource: 'aws:rmq',
      eventSourceArn: 'arn:aws:mq:us-east-2:111122223333:broker:pizzaBroker:b-9bcfa592',
      rmqMessagesByQueue: {
        'pizzaQueue::/': [
          {
            basicProperties: {
              contentType: 'text/plain',
              contentEncoding: null,
              headers: {
                header1: { bytes: [118, 97, 108, 117, 101, 49] },
                header2: { bytes: [118, 97, 108, 117, 101, 50] },
                numberInHeader: 10,
              },
              deliveryMode: 1,
              priority: 34,
              correlationId: null,
              replyTo: null,
              expiration: '60000',
              messageId: null,
              timestamp: 'Jan 1, 1970, 12:33:41 AM',
              type: null,
              userId: 'AIDACKCEVSQ6C2EXAMPLE',
              appId: null,
              clusterId: null,
              bodySize: 80,
            },
            redelivered: false,
            data: 'eyJ0aW1lb3V0IjowLCJkYXRhIjoiQ1pybWYwR3c4T3Y0YnFMUXhENEUifQ==',
          },
        ],
      },
    });
  });

  it('has null without headers and for an empty table', () => {
    expect(recordOf(message(1)).basicProperties.headers).toBeNull();
    expect(
      recordOf(message(1, { properties: { headers: {} } })).basicProperties.headers,
    ).toBeNull();
  });

  it('keeps booleans and null, and writes text as bytes of UTF-8, also inside tables and lists', () => {
    const headers = { yes: true, no: null, text: 'ü', deaths: [{ reason: 'r', count: 2 }] };
    expect(recordOf(message(1, { properties: { headers } })).basicProperties.headers).toEqual({
      yes: true,
      no: null,
      text: { bytes: [195, 188] },
      deaths: [{ reason: { bytes: [114] }, count: 2 }],
    });
  });

  it('names queue and virtual host', () => {
    expect(Object.keys(eventOf({ ...source, virtualHost: 'prod' }, []).rmqMessagesByQueue)).toEqual(
      ['davit.tasks::prod'],
    );
  });

  it.each([
    [0, 'Jan 1, 1970, 12:00:00 AM'],
    [43_200, 'Jan 1, 1970, 12:00:00 PM'],
    [1_795_000_000, 'Nov 18, 2026, 11:06:40 AM'],
    [1_709_251_199, 'Feb 29, 2024, 11:59:59 PM'],
    [2 ** 64 - 1, 'Sep 13, 275760, 12:00:00 AM'],
  ])('writes the time %d as %s', (epochS, written) => {
    expect(timestampOf(epochS)).toBe(written);
  });
});
