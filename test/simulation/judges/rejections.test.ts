import { describe, expect, it } from 'vitest';
import { watchRejections } from './rejections.ts';

const turn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

describe('watching rejections', () => {
  it('keeps the first promise that rejects while no code waits for it', async () => {
    const rejections = watchRejections();
    try {
      void Promise.reject(new Error('the row failed'));
      await turn();
      void Promise.reject(new Error('another one'));
      await turn();
      expect(rejections.verdict).toThrow(
        'unhandled: a promise rejected, and no code waited for it: Error: the row failed',
      );
    } finally {
      rejections.stop();
    }
  });

  it('says nothing of a promise that someone waits for', async () => {
    const rejections = watchRejections();
    try {
      await Promise.reject(new Error('no matter')).catch(() => {});
      await turn();
      expect(rejections.verdict).not.toThrow();
    } finally {
      rejections.stop();
    }
  });

  it('gives the process back as it was', () => {
    const before = process.listeners('unhandledRejection');
    watchRejections().stop();
    expect(process.listeners('unhandledRejection')).toEqual(before);
  });
});
