import { describe, expect, it } from 'vitest';
import { bytesOf, liveOf, liveText } from '../../shared/wire/live.ts';
import { specOf } from '../../shared/wire/spec.ts';
import { toolsOf } from '../../shared/wire/tools-file.ts';

const least = { image: 'echo', cpu: 256, memoryMiB: 512, placements: ['cpu'] };

const parameterArn = 'arn:aws:ssm:eu-central-1:123456789012:parameter/film/key';
const secretArn = 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:film/login-a1B2c3';
const shot = 'public.ecr.aws/docker/library/ffmpeg';
const digest = `sha256:${'0123456789abcdef'.repeat(4)}`;

const faultsOf = (document: unknown): readonly string[] => {
  const parsed = toolsOf(document);
  return 'faults' in parsed ? parsed.faults : [];
};

const specWith = (keys: object) => {
  const parsed = toolsOf({ echo: { ...least, ...keys } });
  return 'specs' in parsed ? parsed.specs.echo : parsed.faults;
};

describe('tools.yml', () => {
  it('gives a tool with the least keys every default', () => {
    expect(specWith({})).toEqual({
      image: 'echo',
      cpu: 256,
      memoryMiB: 512,
      maxCpu: 256,
      maxMemoryMiB: 512,
      placements: ['cpu'],
      timeoutMs: 3_600_000,
      startTimeoutMs: 900_000,
      startWithinMs: 86_400_000,
      attempts: 3,
      delaysMs: [10_000, 60_000, 300_000, 900_000],
      reclaims: 5,
      stopTimeoutS: 30,
      exitCodes: {},
      doubleMemory: false,
      result: false,
    });
  });

  it.each([
    [{ cpu: 1024, memoryMiB: 8192, maxCpu: 4096, maxMemoryMiB: 30_720 }, { maxCpu: 4096 }],
    [{ placements: ['cpu-spot', 'cpu'] }, { placements: ['cpu-spot', 'cpu'] }],
    [{ timeout: '1h', placements: ['cpu-spot'] }, { timeoutMs: 3_600_000 }],
    [{ timeout: '6h', placements: ['cpu-spot'], acceptReclaim: true }, { timeoutMs: 21_600_000 }],
    [{ timeout: '6h' }, { timeoutMs: 21_600_000 }],
    [{ delays: ['0s', '2s'] }, { delaysMs: [0, 2000] }],
    [{ stopTimeout: '2m' }, { stopTimeoutS: 120 }],
    [{ stopTimeout: '2500ms' }, { stopTimeoutS: 3 }],
    [
      { exitCodes: { 3: 'fail', 75: 'retry' }, attempts: 20, reclaims: 0 },
      { exitCodes: { 3: 'fail', 75: 'retry' }, attempts: 20, reclaims: 0 },
    ],
    [{ image: shot }, { image: shot }],
    [{ image: `${shot}@${digest}` }, { image: `${shot}@${digest}` }],
    [{ image: 'localhost:5000/echo' }, { image: 'localhost:5000/echo' }],
    [
      { environment: { LANG: 'C.UTF-8', EMPTY: '' } },
      { environment: { LANG: 'C.UTF-8', EMPTY: '' } },
    ],
    [
      { secrets: { KEY: parameterArn, PASSWORD: `${secretArn}:password::` } },
      { secrets: { KEY: parameterArn, PASSWORD: `${secretArn}:password::` } },
    ],
    [
      { command: ['-i', '{input.from.url}', 's3://{input.bucket}/out.mp4', '{{literally}}'] },
      { command: ['-i', '{input.from.url}', 's3://{input.bucket}/out.mp4', '{{literally}}'] },
    ],
    [
      { command: ['sh', '-c', 'sha256sum "$1"', 'sh', '{input.path}'] },
      { command: ['sh', '-c', 'sha256sum "$1"', 'sh', '{input.path}'] },
    ],
    [{ diskGiB: 21 }, { diskGiB: 21 }],
    [
      { diskGiB: 200, architecture: 'arm64' },
      { diskGiB: 200, architecture: 'arm64' },
    ],
  ])('reads %j', (keys, expected) => {
    expect(specWith(keys)).toMatchObject(expected);
  });

  it.each([
    [{ cpu: 300 }, 'echo.cpu: expected CPU units as Fargate has them'],
    [{ cpu: '256' }, 'but "256" came; write e.g. `cpu: 1024`'],
    [{ memoryMiB: 4096 }, 'echo.memoryMiB: with 256 CPU units Fargate offers 512, 1024, 2048 MiB'],
    [{ memoryMiB: 512.5 }, 'echo.memoryMiB: expected a whole number from 512 to 122880'],
    [{ memoryMiB: '1 GB' }, 'echo.memoryMiB: expected a whole number from 512 to 122880'],
    [{ image: 'registry/echo:1' }, 'echo.image: expected the name of an image repository'],
    [{ image: undefined }, 'but it is missing; write e.g. `image: transcoder`'],
    [{ placements: undefined }, 'echo.placements: expected a list of placements'],
    [{ placements: [] }, 'echo.placements: expected at least one placement'],
    [{ placements: ['cpu', 'cpu'] }, 'echo.placements: expected at least one placement'],
    [{ placements: ['cpu', 'moon'] }, 'echo.placements.1: expected cpu or cpu-spot, but "moon"'],
    [{ placements: ['gpu'] }, 'echo.placements.0: gpu comes with a later version'],
    [{ placements: ['gpu-spot'] }, 'echo.placements.0: gpu-spot comes with a later version'],
    [{ maxCpu: 300 }, 'echo.maxCpu: expected CPU units'],
    [{ cpu: 512, memoryMiB: 1024, maxCpu: 256 }, 'echo.maxCpu: expected at least cpu (512)'],
    [{ memoryMiB: 1024, maxMemoryMiB: 512 }, 'echo.maxMemoryMiB: expected at least memoryMiB'],
    [{ timeout: 90 }, 'echo.timeout: expected a length of time from 1s to 14d'],
    [{ timeout: '15d' }, 'echo.timeout: expected a length of time from 1s to 14d'],
    [{ startTimeout: '0s' }, 'echo.startTimeout: expected a length of time'],
    [{ startWithin: null }, 'echo.startWithin: expected a length of time'],
    [{ stopTimeout: '3m' }, 'echo.stopTimeout: expected a length of time from 2s to 2m'],
    [{ attempts: 0 }, 'echo.attempts: expected a whole number from 1 to 20'],
    [{ attempts: '3' }, 'echo.attempts: expected a whole number from 1 to 20'],
    [{ reclaims: -1 }, 'echo.reclaims: expected a whole number from 0 to 100'],
    [{ delays: [] }, 'echo.delays: expected 1 to 20 delays'],
    [{ delays: '10s' }, 'echo.delays: expected a list of delays'],
    [{ delays: ['10s', 10] }, 'echo.delays.1: expected a length of time'],
    [{ exitCodes: ['retry'] }, 'echo.exitCodes: expected rules by exit code, but an array came'],
    [{ exitCodes: { 0: 'succeed' } }, 'echo.exitCodes.0: expected an exit code from 1 to 255'],
    [{ exitCodes: { 256: 'fail' } }, 'echo.exitCodes.256: expected an exit code from 1 to 255'],
    [{ exitCodes: { 3: 'explode' } }, 'echo.exitCodes.3: expected succeed, retry or fail'],
    [{ acceptReclaim: 'yes' }, 'echo.acceptReclaim: expected true or false'],
    [{ image: `${shot}:7.1` }, 'echo.image: expected the name of an image repository'],
    [{ image: 'library/ffmpeg' }, 'echo.image: expected the name of an image repository'],
    [{ image: `echo@${digest}` }, 'echo.image: expected the name of an image repository'],
    [
      { image: `${shot}/${'x'.repeat(200)}` },
      'echo.image: expected the name of an image repository',
    ],
    [
      { image: '123456789012.dkr.ecr.eu-central-1.amazonaws.com/other/echo' },
      'echo.image: expected the repository of an image in the registry of the deployment, or a digest',
    ],
    [{ environment: ['LANG=C'] }, 'echo.environment: expected variables by their names'],
    [{ environment: { '1ST': 'x' } }, 'echo.environment.1ST: expected the name of a variable'],
    [
      { environment: { DAVIT_RUN: '2' } },
      'DAVIT_RUN: names that begin with DAVIT_ are Davit’s own',
    ],
    [{ environment: { PORT: 80 } }, 'echo.environment.PORT: expected a text of at most 1000'],
    [{ environment: { NUL: 'a\0' } }, 'echo.environment.NUL: expected a text of at most 1000'],
    [
      { environment: { LONG: 'x'.repeat(1001) } },
      'environment.LONG: expected a text of at most 1000',
    ],
    [{ secrets: { DAVIT_X: parameterArn } }, 'echo.secrets.DAVIT_X: names'],
    [{ secrets: 'all' }, 'echo.secrets: expected ARNs by the names of variables'],
    [{ secrets: { KEY: 'hunter2' } }, 'echo.secrets.KEY: expected the ARN of an SSM parameter or'],
    [{ secrets: { KEY: 'film/key' } }, 'echo.secrets.KEY: expected the ARN of an SSM parameter or'],
    [
      { environment: { KEY: 'x' }, secrets: { KEY: parameterArn } },
      'echo.secrets: KEY is also in environment',
    ],
    [{ command: 'ls -l' }, 'echo.command: expected a list of arguments'],
    [{ command: [] }, 'echo.command: expected at least one argument'],
    [{ command: ['ls', 3] }, 'echo.command.1: expected a text, but 3 came; write it in quotes'],
    [{ command: ['a{input}'] }, 'echo.command.0: expected placeholders like {input.url}'],
    [{ command: ['{input.}'] }, 'echo.command.0: expected placeholders like {input.url}'],
    [{ command: ['{url}'] }, 'echo.command.0: expected placeholders like {input.url}'],
    [{ command: ['a}'] }, 'write {{ and }} for braces'],
    [
      { command: ['sh', '-c', 'ls {input.path}'] },
      'echo.command.2: a shell would run what a message',
    ],
    [
      { command: ['timeout', '10', '/bin/bash', '-ec', 'ls {input.path}'] },
      'echo.command.4: a shell would run what a message',
    ],
    [{ diskGiB: 20 }, 'echo.diskGiB: expected a whole number from 21 to 200'],
    [{ diskGiB: 201 }, 'echo.diskGiB: expected a whole number from 21 to 200'],
    [{ architecture: 'arm' }, 'echo.architecture: expected x86_64 or arm64, but "arm" came'],
  ])('refuses %j', (keys, sentence) => {
    const faults = faultsOf({ echo: { ...least, ...keys } });
    expect(faults).toEqual([expect.stringContaining(sentence)]);
  });

  it('does not quote a value that is not the ARN of a secret: it may be the secret', () => {
    expect(faultsOf({ echo: { ...least, secrets: { KEY: 'hunter2' } } }).join()).not.toMatch(
      /hunter2/,
    );
  });

  it('requires acceptReclaim for Spot and a run of more than an hour', () => {
    const long = { ...least, placements: ['cpu', 'cpu-spot'], timeout: '61m' };
    expect(faultsOf({ echo: long })).toEqual([
      'echo.placements: a run may last 61m, and Spot capacity can be reclaimed at any time; ' +
        'write `acceptReclaim: true` if it may be started again, remove cpu-spot, or set timeout to 1h or less',
    ]);
  });

  it.each([
    [{ maxRunning: 0 }, /^echo.maxRunning: .* 0 came; a limit of 0 would start nothing.*paused/],
    [{ maxRunning: 501 }, /^echo.maxRunning: .*1 to 500, but 501 came; every start/],
    [{ maxRunning: 'two' }, /^echo.maxRunning: .*"two" came; it is the most runs of the tool/],
    [{ maxPerTenant: 2 }, /^echo.maxPerTenant: it needs maxRunning too/],
    [{ maxRunning: 2, maxPerTenant: 3 }, /^echo.maxPerTenant: expected at most maxRunning \(2\)/],
  ])('refuses the limits %o with a reason', (keys, sentence) => {
    expect(faultsOf({ echo: { ...least, ...keys } })).toEqual([expect.stringMatching(sentence)]);
  });

  it.each(['gpu', 'ports', 'expose'])(
    'refuses %s of a later version, and does not ignore it',
    (key) => {
      expect(faultsOf({ echo: { ...least, [key]: 1 } })).toEqual([
        expect.stringMatching(
          new RegExp(`^echo: ${key} comes with a later version \\(.+\\); remove it until then$`),
        ),
      ]);
    },
  );

  it.each([
    ['memory', 'did you mean memoryMiB?'],
    ['CPU', 'did you mean cpu?'],
    ['attemps', 'did you mean attempts?'],
    ['placement', 'did you mean placements?'],
    ['time_out', 'did you mean timeout?'],
    ['xyzzyxyzzyxyzzy', 'the keys are image, cpu, memoryMiB,'],
  ])('refuses the unknown key %s and says what may have been meant', (key, hint) => {
    expect(faultsOf({ echo: { ...least, [key]: 1 } })).toEqual([
      expect.stringContaining(`echo: there is no key "${key}"; ${hint}`),
    ]);
  });

  it.each(['Echo', 'my_tool', '1st', '-a', 'a'.repeat(33), 'ä', ''])(
    'refuses the name "%s"',
    (name) => {
      expect(faultsOf({ [name]: least })).toEqual([
        expect.stringContaining("a tool's name has small letters, digits and hyphens"),
      ]);
    },
  );

  it.each([
    [null, 'nothing came'],
    [{}, 'nothing came'],
    [[], 'an array came'],
    ['echo', '"echo" came'],
    [{ echo: null }, "expected the tool's keys, but nothing came"],
    [{ echo: [1] }, "expected the tool's keys, but an array came"],
  ])('refuses the document %j', (document, sentence) => {
    expect(faultsOf(document)).toEqual([expect.stringContaining(sentence)]);
  });

  it('reads the limit of the whole stage beside the tools', () => {
    expect(toolsOf({ maxRunning: 7, echo: least })).toMatchObject({
      maxRunning: 7,
      specs: { echo: { image: 'echo' } },
    });
    expect(toolsOf({ echo: least })).not.toHaveProperty('maxRunning');
    expect(faultsOf({ maxRunning: 7 })).toEqual([
      expect.stringContaining('expected tools by their names, but only maxRunning came'),
    ]);
  });

  it('reports every fault of every tool at once', () => {
    const faults = faultsOf({
      maxRunning: 0,
      a: { ...least, cpu: 1, memory: 3, delays: [] },
      b: { ...least, placements: ['cpu-spot'], timeout: '2h', maxMemoryMiB: 1, attempts: 99 },
      c: least,
      D: null,
    });
    expect(faults.map((fault) => fault.split(':')[0])).toEqual([
      'maxRunning',
      'a',
      'a.cpu',
      'a.delays',
      'b.maxMemoryMiB',
      'b.attempts',
      'b.placements',
      'D',
    ]);
  });

  const rules = (count: number) =>
    Object.fromEntries(Array.from({ length: count }, (_, code) => [code + 1, 'succeed']));

  it('refuses a spec whose live record an SSM parameter could not hold', () => {
    expect(faultsOf({ echo: { ...least, exitCodes: rules(255) } })).toEqual([
      expect.stringMatching(
        /^echo: expected a spec of at most 3000 bytes, but it has \d+ .*SSM parameter of 4096/,
      ),
    ]);
  });

  it.each([
    ['plain', 'v'],
    ['invisible', '\u{1}'],
    ['far from ASCII', '\u{10ffff}'],
  ])(
    'accepts no spec whose live record would not fit, with all names at their longest and a refused version of %s characters',
    (_what, character) => {
      const counts = Array.from({ length: 255 }, (_, count) => count + 1);
      const longest = counts
        .map((count) => specWith({ exitCodes: rules(count) }))
        .findLast((spec) => spec !== undefined && !Array.isArray(spec));
      if (!longest || !('image' in longest)) throw new Error('no spec was taken');
      const family = `davit_${'s'.repeat(20)}_${'t'.repeat(32)}_${'9'.repeat(64)}`;
      const arn = `arn:aws-us-gov:ecs:ap-southeast-2:123456789012:task-definition/${family}`;
      const text = liveText({
        release: {
          tool: 't'.repeat(32),
          version: '9'.repeat(64),
          definitions: { fargate: `${arn}_fargate:99999`, hosts: `${arn}_hosts:99999` },
          imageDigest: digest,
          spec: longest,
        },
        pinVersion: 99_999,
        specVersion: 99_999,
        changedAt: 1_700_000_000_123,
        definitionDigest: 'd'.repeat(64),
        refusal: { version: character.repeat(4096), why: 'ß'.repeat(9000), at: 1_700_000_000_123 },
      });
      expect(bytesOf(JSON.stringify(longest))).toBeGreaterThan(2950);
      expect(bytesOf(text)).toBeLessThanOrEqual(4096);
      expect(liveOf(text)).toMatchObject({
        live: { release: { version: '9'.repeat(64), spec: longest } },
      });
    },
  );

  it('makes specs whose live record contains no reference to another parameter for SSM', () => {
    const spec = specWith({ command: ['{{x}}', '{{{{'], environment: { A: '{{ssm:b}}' } });
    if (!spec || !('image' in spec)) throw new Error('no spec was taken');
    const release = { tool: 'echo', version: '1', definitions: {}, spec };
    const live = { release, pinVersion: 1, specVersion: 1, changedAt: 0 };
    const why = 'it says {{y}}';
    const text = liveText({ ...live, refusal: { version: '2', why, at: 0 } });
    expect(text).not.toContain('{{');
    expect(liveOf(text)).toMatchObject({ live: { release: { spec }, refusal: { why } } });
  });

  it('makes specs that are read back from SSM as they were', () => {
    const parsed = toolsOf({
      echo: {
        ...least,
        exitCodes: { 3: 'fail' },
        delays: ['0s', '250ms'],
        image: shot,
        command: ['{input.a}'],
        environment: { A: '1' },
        secrets: { B: parameterArn },
        diskGiB: 30,
        architecture: 'arm64',
      },
    });
    const spec = 'specs' in parsed ? parsed.specs.echo : undefined;
    expect(spec).toBeDefined();
    expect(specOf(JSON.stringify(spec))).toEqual({ spec });
  });
});
