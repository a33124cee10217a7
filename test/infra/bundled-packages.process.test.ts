import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { root } from '../kit/root.ts';

const serverless = parse(readFileSync(join(root, 'serverless.yml'), 'utf8'), { logLevel: 'error' });

/** What AWS runs besides the sources of this repository. A package that is new here is a decision: see docs/security.md. */
const expected = JSON.parse(readFileSync(join(root, 'infra/bundled-packages.json'), 'utf8'));

test('the bundles hold the packages that infra/bundled-packages.json names, and no others', async () => {
  const { exclude: _, outputFileExtension: __, ...options } = serverless.custom.esbuild;
  const sources = Object.values<{ handler: string }>(serverless.functions).map(({ handler }) =>
    handler.replace(/\.\w+$/, '.ts'),
  );
  const { metafile } = await build({
    ...options,
    // All functions as one bundle, which holds what they hold together and is made faster.
    stdin: { contents: sources.map(exported).join('\n'), resolveDir: root },
    outfile: 'never-written.mjs',
    sourcemap: false,
    metafile: true,
    write: false,
  });
  const kept = Object.values(metafile?.outputs ?? {}).flatMap(({ inputs }) =>
    Object.entries(inputs).filter(([, { bytesInOutput }]) => bytesInOutput > 0),
  );
  const names = kept.flatMap(([path]) => packageOf(path) ?? []);
  expect([...new Set(names)].sort()).toEqual(expected);
});

const exported = (source: string, index: number): string =>
  `export * as f${index} from './${source}';`;

/** The package that a file belongs to; undefined for a file of this repository. */
const packageOf = (path: string): string | undefined =>
  path.match(/.*node_modules\/((?:@[^/]+\/)?[^/]+)/)?.[1];
