import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { placeOf } from '../../cli/place.ts';

const folderWith = (text?: string): string => {
  const folder = mkdtempSync(join(tmpdir(), 'davit-place-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  if (text !== undefined) writeFileSync(join(folder, 'local.json'), text);
  return folder;
};

const local = JSON.stringify({
  aws: 'http://127.0.0.1:4566',
  amqp: 'amqp://127.0.0.1:5672',
  region: 'eu-central-1',
  stage: 'local',
  table: 'davit-local-tasks',
  cluster: 'davit-local',
  accessKeyId: 'a',
  secretAccessKey: 'b',
});

describe('where a command talks to', () => {
  test('the local stack, when one is there and no stage is named', () => {
    const place = placeOf({ env: {}, folders: [folderWith(), folderWith(local)] });
    expect(place).toMatchObject({
      stage: 'local',
      isLocal: true,
      control: 'davit-local-control',
      parameters: '/davit/local/tools',
      reach: {
        endpoint: 'http://127.0.0.1:4566',
        region: 'eu-central-1',
        credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
      },
    });
  });

  test('the local stack, when its stage is named', () => {
    const place = placeOf({
      stage: 'local',
      env: { DAVIT_STAGE: 'dev' },
      folders: [folderWith(local)],
    });
    expect(place.isLocal).toBe(true);
  });

  test('AWS, when another stage is named, whatever runs here', () => {
    const place = placeOf({ env: { DAVIT_STAGE: 'dev' }, folders: [folderWith(local)] });
    expect(place).toMatchObject({
      stage: 'dev',
      isLocal: false,
      reach: {},
      table: 'davit-dev-tasks',
    });
  });

  test('the option is stronger than the environment', () => {
    const asked = { stage: 'prod', region: 'eu-west-1', env: { DAVIT_STAGE: 'dev' }, folders: [] };
    expect(placeOf(asked)).toMatchObject({ stage: 'prod', reach: { region: 'eu-west-1' } });
  });

  test('nowhere, when no stage is named and none runs here', () => {
    expect(() => placeOf({ env: {}, folders: [folderWith()] })).toThrow(
      'give --stage or DAVIT_STAGE',
    );
  });

  test('the local stack, when its own region is named', () => {
    const place = placeOf({ region: 'eu-central-1', env: {}, folders: [folderWith(local)] });
    expect(place.isLocal).toBe(true);
  });

  test('another region of the local stack is refused', () => {
    expect(() => placeOf({ region: 'eu-west-1', env: {}, folders: [folderWith(local)] })).toThrow(
      'has no other region than eu-central-1',
    );
  });

  test.each(['{', '{"aws":1}'])('a local.json of %s is said to be none', (text) => {
    expect(() => placeOf({ env: {}, folders: [folderWith(text)] })).toThrow('Start it again with');
  });

  test('the local stack of another user is not taken for none, and bars nobody from AWS', () => {
    const folder = folderWith();
    // A loop cannot be read by root either, whom no mode stops.
    symlinkSync('local.json', join(folder, 'local.json'));
    const folders = [folder];
    const trouble = `${join(folder, 'local.json')} must be readable to find the local stack`;
    expect(() => placeOf({ env: {}, folders })).toThrow(trouble);
    expect(() => placeOf({ stage: 'local', env: {}, folders })).toThrow(trouble);
    expect(placeOf({ stage: 'dev', env: {}, folders }).isLocal).toBe(false);
  });
});
