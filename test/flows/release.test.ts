import { describe, expect, it } from 'vitest';
import type { VersionRecord } from '../../shared/core/release.ts';
import type { RefusedPin } from '../../shared/core/tool.ts';
import { releaseAll } from '../../shared/flows/release.ts';
import type { Releases } from '../../shared/ports/releases.ts';
import type { Sent } from '../../shared/ports.ts';
import { definitionSite, echoSpec } from '../kit/site.ts';
import { memoryClock } from '../memory/clock.ts';
import { memoryReleases } from '../memory/releases.ts';

/** `echo` with a spec, and images 1.0.0 and 1.1.0. */
const world = () => {
  const releases = memoryReleases();
  const clock = memoryClock();
  const logged: string[] = [];
  const onBus: RefusedPin[] = [];
  releases.setSpec('echo', echoSpec);
  for (const version of ['1.0.0', '1.1.0']) releases.push('echo', version, `sha256:${version}`);
  let failure: string | undefined;
  const put = async (pin: RefusedPin): Promise<Sent> => {
    if (failure !== undefined) return { kind: 'failed', why: failure };
    onBus.push(pin);
    return { kind: 'sent' };
  };
  const disconnectBus = (why: string) => {
    failure = why;
  };
  const over = (some: Partial<Releases> = {}) =>
    releaseAll({
      releases: { ...releases, ...some },
      stage: definitionSite.stage,
      refusals: { put },
      clock,
      meter: (name) => void logged.push(name),
      log: (_level, what) => void logged.push(what),
    });
  return { releases, logged, onBus, clock, disconnectBus, release: over };
};

describe('release', () => {
  it('makes the pinned version live when its image and its definition exist', async () => {
    const { releases, release } = world();
    expect(await release()).toEqual([{ tool: 'echo', kind: 'unpinned' }]);
    releases.pin('echo', '1.0.0');
    expect(await release()).toEqual([{ tool: 'echo', kind: 'live', version: '1.0.0' }]);
    expect(releases.live('echo')?.release).toMatchObject({ version: '1.0.0', tool: 'echo' });
    expect(releases.registered).toEqual([{ tool: 'echo', version: '1.0.0', kind: 'fargate' }]);
  });

  it('changes nothing when it runs again', async () => {
    const { releases, release } = world();
    releases.pin('echo', '1.0.0');
    await release();
    expect(await release()).toEqual([{ tool: 'echo', kind: 'unchanged', version: '1.0.0' }]);
    expect(releases.registered).toHaveLength(1);
  });

  it('registers again for a new spec, and not for a version that it knows', async () => {
    const { releases, release } = world();
    releases.pin('echo', '1.0.0');
    await release();
    releases.setSpec('echo', { ...echoSpec, memoryMiB: 1024 });
    await release();
    expect(releases.live('echo')?.release?.spec.memoryMiB).toBe(1024);
    releases.pin('echo', '1.1.0');
    await release();
    releases.pin('echo', '1.0.0');
    await release();
    expect(releases.registered.map(({ version }) => version)).toEqual(['1.0.0', '1.0.0', '1.1.0']);
    expect(releases.live('echo')?.release?.version).toBe('1.0.0');
  });

  it('registers the live version again when its roles or its registry have changed', async () => {
    const { releases, release } = world();
    releases.pin('echo', '1.0.0');
    await release();
    releases.redeploy({ taskRole: 'arn:aws:iam::123456789012:role/another' });
    expect(await release()).toMatchObject([{ kind: 'live', version: '1.0.0' }]);
    expect(releases.registered).toHaveLength(2);
    releases.pin('echo', '1.0.0');
    await release();
    expect(await release()).toMatchObject([{ kind: 'unchanged' }]);
    expect(releases.registered).toHaveLength(2);
  });

  it('registers the live version again while there is a bad pin, and does not refuse that pin again', async () => {
    const { releases, release, onBus } = world();
    releases.pin('echo', '1.0.0');
    await release();
    releases.pin('echo', '9.9.9');
    await release();
    releases.redeploy({ taskRole: 'arn:aws:iam::123456789012:role/another' });
    expect(await release()).toMatchObject([{ kind: 'live', version: '1.0.0' }]);
    expect(releases.registered.map(({ version }) => version)).toEqual(['1.0.0', '1.0.0']);
    expect(releases.live('echo')).toMatchObject({
      release: { version: '1.0.0' },
      refusal: { version: '9.9.9' },
    });
    expect(await release()).toMatchObject([{ kind: 'unchanged' }]);
    expect(onBus).toHaveLength(1);
  });

  it('keeps the live version when it cannot be registered again, and logs that each time', async () => {
    const { releases, release, logged, onBus, clock } = world();
    releases.pin('echo', '1.0.0');
    await release();
    releases.redeploy({ registry: '123456789012.dkr.ecr.eu-central-1.amazonaws.com/moved' });
    releases.refuse('echo', 'Role is not valid');
    for (const _time of [1, 2]) {
      expect(await release()).toMatchObject([{ kind: 'refused', version: '1.0.0' }]);
      await clock.advance(60_000);
    }
    expect(releases.live('echo')).toMatchObject({ release: { version: '1.0.0' } });
    expect(releases.live('echo')).not.toHaveProperty('refusal');
    expect(logged.filter((name) => name === 'ReleasesRefused')).toHaveLength(2);
    expect(onBus).toEqual([]);
  });

  it('does not register again for a spec that changes nothing in the definition', async () => {
    const { releases, release } = world();
    releases.pin('echo', '1.0.0');
    await release();
    releases.setSpec('echo', { ...echoSpec, attempts: 7 });
    await release();
    expect(releases.live('echo')?.release?.spec.attempts).toBe(7);
    expect(releases.registered).toHaveLength(1);
  });

  it('registers for each kind of host that the tool may run on', async () => {
    const { releases, release } = world();
    releases.setSpec('echo', { ...echoSpec, placements: ['gpu-spot', 'gpu', 'cpu'] });
    releases.pin('echo', '1.0.0');
    await release();
    expect(releases.registered.map(({ kind }) => kind)).toEqual(['hosts', 'fargate']);
  });

  it.each([
    ['9.9.9', /there is no image echo:9.9.9: push it, then pin the version again/],
    ['no tag at all', /a version is an image tag .* not "no tag at all"/],
    ['1_0_0', /a version is an image tag .* not "1_0_0"/],
  ])('changes nothing for tasks when the pin %s is bad, and says why', async (version, why) => {
    const { releases, release, logged } = world();
    releases.pin('echo', '1.0.0');
    await release();
    releases.pin('echo', version);
    const [outcome] = await release();
    expect(outcome).toMatchObject({ kind: 'refused', version, why: expect.stringMatching(why) });
    expect(releases.live('echo')).toMatchObject({
      release: { version: '1.0.0' },
      refusal: { version, why: expect.stringMatching(why) },
    });
    expect(logged).toContain('ReleasesRefused');
    expect(await release()).toMatchObject([{ kind: 'unchanged' }]);
    releases.pin('echo', '1.1.0');
    await release();
    expect(releases.live('echo')).not.toHaveProperty('refusal');
  });

  it('keeps the times of a registration and of its first success when the same definitions are pinned again', async () => {
    const { releases, release, clock } = world();
    const pinned = async (version: string) => {
      await clock.advance(60_000);
      releases.pin('echo', version);
      await release();
      return await releases.readVersion('echo', '1.0.0');
    };
    const first = await pinned('1.0.0');
    if (!first) throw new Error('it is registered');
    await releases.saveVersion({ ...first, provenAt: 5, broken: 'bad starts', failedStarts: 3 });
    await pinned('1.1.0');
    const same = await pinned('1.0.0');
    expect(same).toMatchObject({ registeredAt: first.registeredAt, provenAt: 5, failedStarts: 0 });
    expect(same).not.toHaveProperty('broken');
    releases.redeploy({ taskRole: 'arn:aws:iam::123456789012:role/another' });
    // The image and the spec are those that have succeeded.
    expect(await pinned('1.0.0')).toMatchObject({ registeredAt: clock.now(), provenAt: 5 });
    releases.push('echo', '1.0.0', 'sha256:another');
    expect(await pinned('1.0.0')).not.toHaveProperty('provenAt');
  });

  it('removes a refusal when its pin is removed, and nothing else from the live record', async () => {
    const { releases, release } = world();
    releases.pin('echo', '1.0.0');
    await release();
    const live = releases.live('echo')?.release;
    releases.pin('echo', '9.9.9');
    await release();
    releases.unpin('echo');
    expect(await release()).toEqual([{ tool: 'echo', kind: 'unpinned' }]);
    expect(releases.live('echo')).toMatchObject({ release: live });
    expect(releases.live('echo')).not.toHaveProperty('refusal');
    releases.pin('echo', '1.1.0');
    expect(await release()).toMatchObject([{ kind: 'live', version: '1.1.0' }]);
  });

  it('does not go back to an older live record when it removes a refusal', async () => {
    const { releases, release } = world();
    releases.pin('echo', '9.9.9');
    await release();
    releases.unpin('echo');
    const before = await releases.pins();
    releases.pin('echo', '1.0.0');
    await release();
    await release({ pins: async () => before });
    expect(releases.live('echo')?.release?.version).toBe('1.0.0');
  });

  it('publishes a refusal on the bus, once for each pin, and logs when the bus does not accept it', async () => {
    const { releases, release, logged, onBus, disconnectBus } = world();
    releases.pin('echo', '9.9.9');
    const [pin] = (await releases.pins()).pins;
    await release();
    await release();
    expect(onBus).toEqual([
      {
        tool: 'echo',
        changedAt: pin?.changedAt,
        refusal: expect.objectContaining({
          version: '9.9.9',
          why: expect.stringMatching(/no image/),
        }),
      },
    ]);
    expect(logged).not.toContain('release.untold');
    disconnectBus('Rate exceeded');
    releases.pin('echo', '9.9.8');
    expect(await release()).toMatchObject([{ kind: 'refused', version: '9.9.8' }]);
    expect(logged).toContain('release.untold');
    expect(releases.live('echo')?.refusal?.version).toBe('9.9.8');
  });

  it('publishes a refusal again, as the same event, when it could not be saved', async () => {
    const { releases, release, onBus } = world();
    releases.pin('echo', '9.9.9');
    const lost = {
      claim: async () => true,
      saveLive: () => Promise.reject(new Error('SSM could not be reached')),
    };
    await expect(release(lost)).rejects.toThrow(/SSM could not be reached/);
    await release();
    expect(onBus.map(({ changedAt }) => changedAt)).toEqual([
      onBus[0]?.changedAt,
      onBus[0]?.changedAt,
    ]);
  });

  it('says why ECS refused a definition', async () => {
    const { releases, release } = world();
    releases.refuse('echo', 'cpu is not a valid size');
    releases.pin('echo', '1.0.0');
    expect(await release()).toMatchObject([
      { kind: 'refused', why: 'ECS does not accept its task definition: cpu is not a valid size' },
    ]);
    expect(releases.live('echo')).not.toHaveProperty('release');
  });

  describe('when a tag is pushed again', () => {
    const pushedAgain = async () => {
      const one = world();
      one.releases.pin('echo', '1.0.0');
      await one.release();
      one.releases.push('echo', '1.0.0', 'sha256:second');
      return one;
    };
    const liveIn = ({ releases }: ReturnType<typeof world>) => releases.live('echo')?.release;

    it('changes nothing before it is pinned again', async () => {
      const one = await pushedAgain();
      expect(await one.release()).toMatchObject([{ kind: 'unchanged' }]);
      expect(liveIn(one)?.imageDigest).toBe('sha256:1.0.0');
    });

    it('makes a release with the same version from the new image, and records the earlier image', async () => {
      const one = await pushedAgain();
      await one.clock.advance(60_000);
      one.releases.pin('echo', '1.0.0');
      expect(await one.release()).toMatchObject([{ kind: 'live', version: '1.0.0' }]);
      expect(one.releases.registered).toHaveLength(2);
      expect(liveIn(one)?.imageDigest).toBe('sha256:second');
      const movedFrom = { imageDigest: 'sha256:1.0.0', at: one.clock.now() };
      const record = () => one.releases.readVersion('echo', '1.0.0');
      expect(await record()).toMatchObject({ imageDigest: 'sha256:second', movedFrom });
      await one.clock.advance(60_000);
      one.releases.pin('echo', '1.0.0');
      await one.release();
      expect(one.releases.registered).toHaveLength(2);
      expect(await record()).toMatchObject({ imageDigest: 'sha256:second', movedFrom });
    });

    it('does so also for a pin that was deleted and written again, whose versions count from 1', async () => {
      const one = await pushedAgain();
      one.releases.unpin('echo');
      one.releases.pin('echo', '1.0.0');
      await one.release();
      expect(liveIn(one)?.imageDigest).toBe('sha256:second');
    });

    it.each([
      [
        'its spec changes',
        ({ releases }: ReturnType<typeof world>) =>
          releases.setSpec('echo', { ...echoSpec, memoryMiB: 1024 }),
      ],
      [
        'its roles change',
        ({ releases }: ReturnType<typeof world>) =>
          releases.redeploy({ taskRole: 'arn:aws:iam::123456789012:role/another' }),
      ],
    ])('keeps the image of the live version when %s', async (_what, change) => {
      const one = await pushedAgain();
      change(one);
      expect(await one.release()).toMatchObject([{ kind: 'live' }]);
      expect(one.releases.registered).toHaveLength(2);
      expect(liveIn(one)?.imageDigest).toBe('sha256:1.0.0');
    });

    it('looks a tag up in the repository that the tool has now', async () => {
      const one = await pushedAgain();
      one.releases.push('parrot', '1.0.0', 'sha256:parrot');
      one.releases.setSpec('echo', { ...echoSpec, image: 'parrot' });
      await one.release();
      expect(liveIn(one)?.imageDigest).toBe('sha256:parrot');
    });

    it('adds the digest of the tag, without a new pin, to a version that was registered by its tag only', async () => {
      const { releases, release } = world();
      releases.pin('echo', '1.0.0');
      await release();
      const live = releases.live('echo');
      if (!live?.release) throw new Error('echo is live');
      const { imageDigest: _new, ...before } = live.release;
      await releases.saveLive('echo', { ...live, release: before, definitionDigest: 'by tag' });
      expect(await release()).toMatchObject([{ kind: 'live' }]);
      expect(releases.live('echo')?.release?.imageDigest).toBe('sha256:1.0.0');
    });
  });

  it('takes an image of another registry by its digest if one is named, and else by its tag', async () => {
    const { releases, release } = world();
    const image = 'public.ecr.aws/docker/library/alpine';
    releases.setSpec('echo', { ...echoSpec, image });
    releases.pin('echo', '3.20');
    expect(await release()).toMatchObject([{ kind: 'live', version: '3.20' }]);
    expect(releases.live('echo')?.release).not.toHaveProperty('imageDigest');
    const digest = `sha256:${'a'.repeat(64)}`;
    releases.setSpec('echo', { ...echoSpec, image: `${image}@${digest}` });
    expect(await release()).toMatchObject([{ kind: 'live', version: '3.20' }]);
    expect(releases.live('echo')?.release?.imageDigest).toBe(digest);
  });

  it('logs a spec that cannot be read, and releases the other tools', async () => {
    const { releases, release, logged } = world();
    releases.setSpec('broken', { fault: 'spec is no JSON' });
    releases.pin('echo', '1.0.0');
    expect(await release()).toMatchObject([
      { tool: 'broken', kind: 'bad', why: 'spec is no JSON' },
      { tool: 'echo', kind: 'live' },
    ]);
    expect(logged).toContain('spec.unreadable');
  });

  it('never goes back to an earlier pin, however late that is worked on', async () => {
    const { releases, release } = world();
    releases.pin('echo', '1.0.0');
    const early = await releases.pins();
    releases.pin('echo', '1.1.0');
    await release();
    expect(await release({ pins: async () => early })).toMatchObject([{ kind: 'claimed' }]);
    expect(releases.live('echo')?.release?.version).toBe('1.1.0');
  });

  it('keeps a version that became live while it worked on a bad pin', async () => {
    const { releases, release } = world();
    releases.pin('echo', '1.0.0');
    await release();
    releases.pin('echo', '1.1.0');
    const first = await releases.pins();
    releases.pin('echo', '9.9.9');
    const looks = [await releases.pins()];
    await release({ pins: async () => first });
    expect(releases.live('echo')?.release?.version).toBe('1.1.0');
    await release({ pins: async () => looks.shift() ?? (await releases.pins()) });
    expect(releases.live('echo')).toMatchObject({
      release: { version: '1.1.0' },
      refusal: { version: '9.9.9' },
    });
  });

  it('registers a version again when its spec was deleted and written again with other values', async () => {
    const { releases, release } = world();
    releases.pin('echo', '1.0.0');
    await release();
    const renumbered = (memoryMiB: number): Partial<Releases> => ({
      pins: async () => {
        const { pins, bad } = await releases.pins();
        return {
          bad,
          pins: pins.map((pin) => ({ ...pin, specVersion: 1, spec: { ...pin.spec, memoryMiB } })),
        };
      },
    });
    releases.pin('echo', '1.0.0');
    await release(renumbered(1024));
    expect(releases.live('echo')?.release?.spec.memoryMiB).toBe(1024);
    expect(releases.registered).toHaveLength(2);
  });

  it('does not register again for a spec that was written again without a change', async () => {
    const { releases, release } = world();
    releases.pin('echo', '1.0.0');
    await release();
    const { image, ...rest } = echoSpec;
    releases.setSpec('echo', { ...rest, image });
    await release();
    expect(releases.live('echo')).toMatchObject({ specVersion: 2 });
    expect(releases.registered).toHaveLength(1);
  });

  it('gives every tool its turn when one throws, and then names that one', async () => {
    const { releases, release } = world();
    for (const tool of ['alpha', 'zulu']) {
      releases.setSpec(tool, echoSpec);
      releases.pin(tool, '1.0.0');
    }
    releases.pin('echo', '1.0.0');
    const saveLive: Releases['saveLive'] = async (tool, live) => {
      if (tool !== 'zulu') throw new Error(`SSM does not take ${tool}`);
      await releases.saveLive(tool, live);
    };
    await expect(release({ saveLive })).rejects.toThrow(
      /^2 of 3 tools .*echo: SSM does not take echo; alpha: SSM does not take alpha$/,
    );
    expect(releases.live('zulu')?.release?.version).toBe('1.0.0');
  });

  it('writes a live record again that cannot be read, and logs it', async () => {
    const { releases, release, logged } = world();
    releases.pin('echo', '1.0.0');
    await release();
    const spoiled: Partial<Releases> = {
      pins: async () => {
        const { pins, bad } = await releases.pins();
        const lost = pins.map(({ live: _live, ...pin }) => ({
          ...pin,
          liveFault: 'it is no JSON',
        }));
        return { bad, pins: lost };
      },
    };
    expect(await release(spoiled)).toMatchObject([{ kind: 'live', version: '1.0.0' }]);
    expect(logged).toContain('live.unreadable');
  });

  it('leaves a tool to another invocation that has claimed it', async () => {
    const { releases, release } = world();
    releases.pin('echo', '1.0.0');
    const [pin] = (await releases.pins()).pins;
    if (!pin) throw new Error('echo is pinned');
    await releases.claim(pin, memoryClock().now());
    expect(await release()).toMatchObject([{ kind: 'claimed' }]);
  });

  describe('with a broken version', () => {
    /** 1.0.0 has succeeded; 1.1.0 is live after it, and broken. */
    const broken = async (proven = true) => {
      const one = world();
      one.releases.pin('echo', '1.0.0');
      await one.release();
      if (proven) await change(one, '1.0.0', { provenAt: 5 });
      one.releases.pin('echo', '1.1.0');
      await one.release();
      await change(one, '1.1.0', { broken: 'it does not start', brokenAt: 7, failedStarts: 3 });
      return one;
    };
    const change = async (
      { releases }: ReturnType<typeof world>,
      version: string,
      more: Partial<VersionRecord>,
    ) => {
      const record = await releases.readVersion('echo', version);
      if (!record) throw new Error(`${version} is not registered`);
      await releases.saveVersion({ ...record, ...more });
    };
    const liveVersion = ({ releases }: ReturnType<typeof world>) =>
      releases.live('echo')?.release?.version;

    it('moves back to the last version that succeeded, and says why', async () => {
      const one = await broken();
      expect(await one.release()).toEqual([
        { tool: 'echo', kind: 'fellBack', version: '1.0.0', why: 'it does not start' },
      ]);
      expect(one.releases.live('echo')).toMatchObject({
        release: { version: '1.0.0' },
        refusal: { version: '1.1.0', why: 'it does not start', at: 7, isBroken: true },
      });
      expect(one.logged).toContain('release.fellBack');
      expect(await one.release()).toMatchObject([{ kind: 'unchanged' }]);
    });

    it('stays where no version before it has succeeded', async () => {
      const one = await broken(false);
      expect(await one.release()).toMatchObject([{ kind: 'unchanged' }]);
      expect(liveVersion(one)).toBe('1.1.0');
      await change(one, '1.0.0', { provenAt: 5, broken: 'also', failedStarts: 3 });
      expect(await one.release()).toMatchObject([{ kind: 'unchanged' }]);
    });

    it('goes forward again when the version has started after all', async () => {
      const one = await broken();
      await one.release();
      const record = await one.releases.readVersion('echo', '1.1.0');
      if (!record) throw new Error('it is registered');
      const { broken: _why, brokenAt: _at, ...mended } = record;
      await one.releases.saveVersion({ ...mended, failedStarts: 0 });
      expect(await one.release()).toMatchObject([{ kind: 'live', version: '1.1.0' }]);
      expect(one.releases.live('echo')).not.toHaveProperty('refusal');
    });

    it.each<[string, (one: ReturnType<typeof world>) => void]>([
      ['a new pin of it', ({ releases }) => releases.pin('echo', '1.1.0')],
      [
        'another role',
        ({ releases }) => releases.redeploy({ taskRole: 'arn:aws:iam::123456789012:role/another' }),
      ],
      [
        'a spec with another command',
        ({ releases }) => releases.setSpec('echo', { ...echoSpec, command: ['other'] }),
      ],
    ])('makes it live again after %s', async (_what, mend) => {
      const one = await broken();
      await one.release();
      mend(one);
      // Another role is registered for the version that is live, before the pinned one is tried again.
      await one.release();
      await one.release();
      expect(liveVersion(one)).toBe('1.1.0');
      expect(await one.releases.readVersion('echo', '1.1.0')).not.toHaveProperty('broken');
    });

    it('does not make it live again for a spec that changes no task definition', async () => {
      const one = await broken();
      await one.release();
      one.releases.setSpec('echo', { ...echoSpec, timeoutMs: 60_000 });
      expect(await one.release()).toMatchObject([{ kind: 'fellBack', version: '1.0.0' }]);
      expect(liveVersion(one)).toBe('1.0.0');
    });

    it('goes back further when the earlier version is broken too', async () => {
      const one = await broken();
      one.releases.push('echo', '1.2.0', 'sha256:1.2.0');
      one.releases.pin('echo', '1.1.0');
      await one.release();
      await change(one, '1.1.0', { provenAt: 8 });
      one.releases.pin('echo', '1.2.0');
      await one.release();
      await change(one, '1.2.0', { broken: 'bad', failedStarts: 3 });
      await one.release();
      expect(liveVersion(one)).toBe('1.1.0');
      await change(one, '1.1.0', { broken: 'bad too', failedStarts: 3 });
      await one.release();
      expect(liveVersion(one)).toBe('1.0.0');
    });
  });
});
