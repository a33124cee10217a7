import { chmodSync, chownSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import {
  type Deployment,
  type DeploymentOptions,
  findDeployment as find,
} from '../../cli/deployment.ts';

const findDeployment = (options: Omit<DeploymentOptions, 'remark'>): Deployment =>
  find({ ...options, remark: () => {} });

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

describe('the deployment of a command is', () => {
  test('the local stack, when one is running and no stage is named', () => {
    const place = findDeployment({ env: {}, folders: [folderWith(), folderWith(local)] });
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
    const place = findDeployment({
      stage: 'local',
      env: { DAVIT_STAGE: 'dev' },
      folders: [folderWith(local)],
    });
    expect(place.isLocal).toBe(true);
  });

  test('on AWS, when another stage is named, even while a local stack runs', () => {
    const place = findDeployment({ env: { DAVIT_STAGE: 'dev' }, folders: [folderWith(local)] });
    expect(place).toMatchObject({
      stage: 'dev',
      isLocal: false,
      reach: {},
      table: 'davit-dev-tasks',
    });
  });

  test('named by the option rather than by the environment', () => {
    const asked = { stage: 'prod', region: 'eu-west-1', env: { DAVIT_STAGE: 'dev' }, folders: [] };
    expect(findDeployment(asked)).toMatchObject({ stage: 'prod', reach: { region: 'eu-west-1' } });
  });

  test('an error, when no stage is named and no local stack runs', () => {
    expect(() => findDeployment({ env: {}, folders: [folderWith()] })).toThrow(
      'give --stage or DAVIT_STAGE',
    );
  });

  test('the local stack, when its own region is named', () => {
    const place = findDeployment({ region: 'eu-central-1', env: {}, folders: [folderWith(local)] });
    expect(place.isLocal).toBe(true);
  });

  test('refused for another region of the local stack', () => {
    expect(() =>
      findDeployment({ region: 'eu-west-1', env: {}, folders: [folderWith(local)] }),
    ).toThrow('its only region is eu-central-1');
  });

  test.each(['{', '{"aws":1}'])('not the local stack of a local.json that holds %s', (text) => {
    expect(() => findDeployment({ env: {}, folders: [folderWith(text)] })).toThrow(
      'Start it again with',
    );
  });

  test('an error for a local.json that cannot be read, but not for a stage on AWS', () => {
    const folder = folderWith();
    // Not even root, who may read every mode, can read a link to itself.
    symlinkSync('local.json', join(folder, 'local.json'));
    const folders = [folder];
    const trouble = `${join(folder, 'local.json')} must be readable to find the local stack`;
    expect(() => findDeployment({ env: {}, folders })).toThrow(trouble);
    expect(() => findDeployment({ stage: 'local', env: {}, folders })).toThrow(trouble);
    expect(findDeployment({ stage: 'dev', env: {}, folders }).isLocal).toBe(false);
  });

  const otherThan = (change: object): string => JSON.stringify({ ...JSON.parse(local), ...change });

  test.each([
    ['of another stage', otherThan({ stage: 'prod' }), 'its stage is "prod"'],
    [
      'on another machine',
      otherThan({ aws: 'http://10.0.0.7:4566' }),
      'its aws is "http://10.0.0.7:4566"',
    ],
    [
      'whose address only looks like one',
      otherThan({ aws: 'http://127.0.0.1:1@evil.example/' }),
      'its aws is',
    ],
    ['whose address is not http', otherThan({ aws: 'https://127.0.0.1:4566' }), 'its aws is'],
  ])('not a local stack %s', (_, text, why) => {
    const folders = [folderWith(text)];
    expect(() => findDeployment({ env: {}, folders })).toThrow(why);
    expect(remarksFor(folders)).toEqual([expect.stringContaining(why)]);
  });

  test.each(['http://localhost:4566', 'http://[::1]:4566'])('a local stack at %s', (aws) => {
    expect(findDeployment({ env: {}, folders: [folderWith(otherThan({ aws }))] }).isLocal).toBe(
      true,
    );
  });

  test.each([
    ['folder', '.', 0o770],
    ['folder', '.', 0o707],
    ['file', 'local.json', 0o620],
    ['file', 'local.json', 0o602],
  ])('not a local stack whose %s (%s) has mode %o', (_, name, mode) => {
    const folder = folderWith(local);
    chmodSync(join(folder, name), mode);
    expect(() => findDeployment({ env: {}, folders: [folder] })).toThrow(
      'other users may write to',
    );
    expect(remarksFor([folder])).toEqual([
      expect.stringContaining(`${join(folder, 'local.json')} is`),
    ]);
  });

  test.runIf(process.getuid?.() === 0).each(['.', 'local.json'])(
    'not a local stack that belongs to another user (%s)',
    (name) => {
      const folder = folderWith(local);
      chownSync(join(folder, name), 65_534, 65_534);
      expect(() => findDeployment({ env: {}, folders: [folder] })).toThrow('belongs to user 65534');
      expect(remarksFor([folder])).toEqual([expect.stringContaining('go to another folder')]);
    },
  );

  test('in the next folder, where the first file is not trusted and the stage is named', () => {
    const folders = [folderWith(otherThan({ stage: 'prod' })), folderWith(local)];
    expect(findDeployment({ stage: 'local', env: {}, folders }).isLocal).toBe(true);
    expect(() => findDeployment({ env: {}, folders })).toThrow('is not trusted');
  });

  test('on AWS without reading any file, when a stage on AWS is named', () => {
    const folders = [folderWith('{'), folderWith(otherThan({ stage: 'dev' }))];
    expect(findDeployment({ stage: 'dev', env: {}, folders })).toMatchObject({
      isLocal: false,
      reach: {},
    });
  });
});

/** The remarks when the stage `local` is named. */
const remarksFor = (folders: readonly string[]): readonly string[] => {
  const remarks: string[] = [];
  const remark = (sentence: string): void => void remarks.push(sentence);
  expect(find({ stage: 'local', env: {}, folders, remark }).isLocal).toBe(false);
  return remarks;
};
