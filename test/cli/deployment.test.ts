import { chmodSync, chownSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type Asked, type Deployment, placeOf as placeAsked } from '../../cli/deployment.ts';

const placeOf = (asked: Omit<Asked, 'remark'>): Deployment =>
  placeAsked({ ...asked, remark: () => {} });

const folderWith = (text?: string): string => {
  const folder = mkdtempSync(join(tmpdir(), 'davit-place-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  if (text !== undefined) writeFileSync(join(folder, 'local.json'), text, { mode: 0o600 });
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

  const otherThan = (change: object): string => JSON.stringify({ ...JSON.parse(local), ...change });

  test.each([
    ['of another stage', otherThan({ stage: 'prod' }), 'its stage is "prod"'],
    ['elsewhere', otherThan({ aws: 'http://10.0.0.7:4566' }), 'its aws is "http://10.0.0.7:4566"'],
    [
      'whose address only looks like one',
      otherThan({ aws: 'http://127.0.0.1:1@evil.example/' }),
      'its aws is',
    ],
    ['that is no http', otherThan({ aws: 'https://127.0.0.1:4566' }), 'its aws is'],
  ])('a local stack %s is not believed', (_, text, why) => {
    const folders = [folderWith(text)];
    expect(() => placeOf({ env: {}, folders })).toThrow(why);
    expect(passedOver(folders)).toEqual([expect.stringContaining(why)]);
  });

  test.each(['http://localhost:4566', 'http://[::1]:4566'])('%s is on this machine', (aws) => {
    expect(placeOf({ env: {}, folders: [folderWith(otherThan({ aws }))] }).isLocal).toBe(true);
  });

  test.each([
    ['folder', '.', 0o770],
    ['folder', '.', 0o707],
    ['file', 'local.json', 0o620],
    ['file', 'local.json', 0o602],
  ])('a %s (%s) of mode %o is not believed', (_, name, mode) => {
    const folder = folderWith(local);
    chmodSync(join(folder, name), mode);
    expect(() => placeOf({ env: {}, folders: [folder] })).toThrow('other users may write to');
    expect(passedOver([folder])).toEqual([
      expect.stringContaining(`${join(folder, 'local.json')} is`),
    ]);
  });

  test.runIf(process.getuid?.() === 0).each(['.', 'local.json'])(
    'what belongs to another user (%s) is not believed',
    (name) => {
      const folder = folderWith(local);
      chownSync(join(folder, name), 65_534, 65_534);
      expect(() => placeOf({ env: {}, folders: [folder] })).toThrow('belongs to user 65534');
      expect(passedOver([folder])).toEqual([expect.stringContaining('go to another folder')]);
    },
  );

  test('behind a file that is not believed, the next folder counts where the stage is named', () => {
    const folders = [folderWith(otherThan({ stage: 'prod' })), folderWith(local)];
    expect(placeOf({ stage: 'local', env: {}, folders }).isLocal).toBe(true);
    expect(() => placeOf({ env: {}, folders })).toThrow('is not believed');
  });

  test('a named stage on AWS never looks into a file, also one that cannot be read or parsed', () => {
    const folders = [folderWith('{'), folderWith(otherThan({ stage: 'dev' }))];
    expect(placeOf({ stage: 'dev', env: {}, folders })).toMatchObject({
      isLocal: false,
      reach: {},
    });
  });
});

/** The remarks of looking for the stage `local`. */
const passedOver = (folders: readonly string[]): readonly string[] => {
  const remarks: string[] = [];
  const remark = (sentence: string): void => void remarks.push(sentence);
  expect(placeAsked({ stage: 'local', env: {}, folders, remark }).isLocal).toBe(false);
  return remarks;
};
