import { describe, expect, it } from 'vitest';
import { bareCodeOf, type Import, importsOf, sourcesIn } from './kit/sources.ts';

const core = 'shared/core/';
const wire = 'shared/wire/';
/** shared/ports.ts and shared/ports/. */
const ports = 'shared/ports';

/** Who may import what; the first row whose name begins a file's path holds for it. `npm` alone means every package. */
const mayImport: readonly (readonly [place: string, ...allowed: string[]])[] = [
  ['shared/core/', core],
  ['shared/wire/', core, wire, 'valibot', 'lossless-json', 'node:crypto', 'node:zlib'],
  [ports, core, ports],
  ['shared/flows/', core, ports, 'shared/flows/'],
  ['shared/aws/', core, wire, ports, 'shared/aws/', '@aws-sdk/', 'node:'],
  ['shared/rabbit/', core, wire, ports, 'shared/rabbit/', 'amqplib', 'node:'],
  ['shared/wiring/', 'shared/', '@aws-sdk/', 'node:'],
  ['shared/handler.ts', 'shared/log.ts', 'shared/metrics.ts', ports, '@middy/core'],
  ['shared/log.ts', ports, '@aws-lambda-powertools/logger'],
  ['shared/metrics.ts', 'shared/config.ts', ports, '@aws-lambda-powertools/metrics'],
  ['shared/', core, wire, ports],
  ['functions/', 'shared/'],
  ['models/', 'models/', 'valibot'],
  ['infra/', core, wire, 'infra/', 'valibot', 'yaml', 'node:'],
  ['local/iam/', 'local/', 'models/', '@cloud-copilot/iam-simulate'],
  [
    'local/',
    'local/',
    'models/',
    'shared/',
    'amqplib',
    'dockerode',
    'dynalite',
    'get-port',
    '@smithy/signature-v4',
    'fflate',
    'valibot',
    'node:',
  ],
  ['cli/', 'cli/', 'shared/', 'npm', 'node:'],
  ['tools/', 'tools/', 'node:', 'npm'],
  // The demo acts as the operator and as the web server, and may start what both need.
  ['demo/', 'demo/', 'local/', 'shared/', 'tools/', 'npm', 'node:'],
  // Three of them run in virtual time: over the ports in memory of the tests of the flows, or in a world of the simulator.
  [
    'bench/',
    'bench/',
    'local/',
    'models/',
    'shared/',
    'test/kit/',
    'test/memory/',
    'test/simulation/',
    'npm',
    'node:',
  ],
  // It runs one handler as the local Lambda would, and finds the local stack as the CLI does.
  ['invoke/', 'invoke/', 'functions/', 'cli/', 'local/', 'shared/', '@aws-sdk/', 'node:'],
  // The pages are made of the same samples that the tests are.
  ['docs/', 'docs/', 'shared/', 'test/kit/', 'node:'],
  ['test/', ''],
];

const files = sourcesIn([...new Set(mayImport.map(([place]) => place.split('/')[0] ?? ''))]);

const isPackage = (what: string): boolean =>
  !what.startsWith('node:') &&
  !mayImport.some(([place]) => what.startsWith(place.split('/')[0] ?? ''));

const isAllowed = ({ file, what }: Import): boolean => {
  const [, ...allowed] = mayImport.find(([place]) => file.startsWith(place)) ?? [''];
  return allowed.some((one) => (one === 'npm' ? isPackage(what) : what.startsWith(one)));
};

const imports = files.flatMap(importsOf);

describe('the architecture', () => {
  it('is checked as a whole', () => {
    for (const [place] of mayImport.filter(([name]) => /^(shared|functions|models)/.test(name))) {
      expect({ place, files: files.some((file) => file.startsWith(place)) }).toEqual({
        place,
        files: true,
      });
    }
    expect(imports.length).toBeGreaterThan(300);
  });

  it('lets each place import only what it may', () => {
    const wrong = imports.filter((one) => !isAllowed(one));
    expect(wrong.map(({ file, what }) => `${file} may not import ${what}`)).toEqual([]);
  });

  it('keeps ports free of values', () => {
    const values = imports.filter(({ file, typeOnly }) => file.startsWith(ports) && !typeOnly);
    expect(values.map(({ file, what }) => `${file} may import ${what} as a type alone`)).toEqual(
      [],
    );
  });

  it('reads the environment of the functions in one place', () => {
    const readers = files.filter(
      (file) => /^(shared|functions)\//.test(file) && bareCodeOf(file).includes('process.env'),
    );
    expect(readers).toEqual(['shared/config.ts']);
  });

  it('names its imports in full, and Node by its name', () => {
    const wrong = imports.filter(
      ({ what }) =>
        /^(shared|functions|models|local|cli|test|infra)\//.test(what) &&
        !/\.(ts|mjs|cjs|json)$/.test(what),
    );
    expect(wrong.map(({ file, what }) => `${file}: ${what}`)).toEqual([]);
  });
});
