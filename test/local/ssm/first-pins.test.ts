import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openImages } from '../../../local/ecr/images.ts';
import { movedTags, pinFirstVersions, provideParameters } from '../../../local/ssm/first-pins.ts';
import { openSsm } from '../../../local/ssm/open.ts';

let dir: string;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'davit-pins-'));
  for (const [name, tag] of [
    ['ffmpeg', '1.0.0'],
    ['echo', '2.0.0'],
  ] as const) {
    const folder = join(dir, 'images', name, tag);
    mkdirSync(folder, { recursive: true });
    const image = { command: ['true'], digest: `sha256:${name}` };
    writeFileSync(join(folder, 'image.json'), JSON.stringify(image));
  }
});

afterEach(() => rmSync(dir, { recursive: true, force: true }));

const store = () => {
  const changes: unknown[] = [];
  const { api, parameters } = openSsm({
    path: join(dir, 'ssm.json'),
    emit: (event) => changes.push(event),
  });
  return { api, parameters, changes };
};

const spec = (tool: string, image: string) => ({
  name: `/davit/local/tools/${tool}/spec`,
  value: JSON.stringify({ image }),
});

it('pins the first version if it has an image and no pin, and emits no event', async () => {
  const { parameters, changes } = store();
  const given = [spec('transcoder', 'ffmpeg'), spec('echo', 'echo')];
  provideParameters(parameters, given);
  const images = openImages(join(dir, 'images'), 'registry/davit-local');
  expect(await pinFirstVersions(parameters, given, images)).toEqual(['transcoder']);
  expect(parameters.get('/davit/local/tools/transcoder/version')).toBe('1.0.0');
  expect(parameters.get('/davit/local/tools/echo/version')).toBeUndefined();
  expect(changes).toEqual([]);
});

it("does not change an operator's pin, also after a restart, and updates the spec", async () => {
  const pin = '/davit/local/tools/transcoder/version';
  const { PutParameter } = store().api.actions;
  await PutParameter?.({ Name: pin, Value: '1.1.0', Type: 'String' });
  const { parameters } = store();
  const given = [spec('transcoder', 'ffmpeg'), { name: pin, value: '9.9.9' }];
  provideParameters(parameters, given);
  const images = openImages(join(dir, 'images'), 'registry/davit-local');
  expect(await pinFirstVersions(parameters, given, images)).toEqual([]);
  expect(parameters.get(pin)).toBe('1.1.0');
  expect(parameters.get('/davit/local/tools/transcoder/spec')).toBe('{"image":"ffmpeg"}');
});

it('finds an image by tag and by digest behind the registry, and none outside its folder', async () => {
  const images = openImages(join(dir, 'images'), 'registry/davit-local');
  expect(images.find('registry/davit-local/echo:2.0.0')?.digest).toBe('sha256:echo');
  expect(images.find('registry/davit-local/echo@sha256:echo')?.tag).toBe('2.0.0');
  expect(images.find('registry/davit-local/echo:2.0.0@sha256:echo')?.tag).toBe('2.0.0');
  expect(images.find('registry/davit-local/echo:1.0.0')).toBeUndefined();
  expect(images.list('davit-local/echo')?.length).toBe(1);
  expect(images.list('../images/echo')).toBeUndefined();
});

it('names the live versions whose image was released again after their pin', async () => {
  const { parameters } = store();
  const given = [spec('film', 'ffmpeg'), spec('echo', 'echo'), spec('new', 'new')];
  const live = (tool: string, version: string, imageDigest?: string) =>
    parameters.provide(
      `/davit/local/tools/${tool}/live`,
      JSON.stringify({ release: { version, imageDigest } }),
    );
  live('film', '1.0.0', 'sha256:before');
  live('echo', '2.0.0', 'sha256:echo');
  live('new', '1.0.0');
  const images = openImages(join(dir, 'images'), 'registry/davit-local');
  expect(await movedTags(parameters, given, images)).toEqual(['film 1.0.0']);
});
