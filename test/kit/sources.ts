import { globSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { root } from './root.ts';

/** The paths of all programs in these folders, from the root. */
export const sourcesIn = (folders: readonly string[]): readonly string[] =>
  folders
    .flatMap((folder) => globSync(`${folder}/**/*.{ts,mts,mjs,cjs}`, { cwd: root }))
    .filter((file) => !file.includes('node_modules'));

export interface Import {
  readonly file: string;
  /** A path from the root, or the name of a package. */
  readonly what: string;
  readonly typeOnly: boolean;
}

const statement =
  /^(?:import|export)\s(?<type>type\s)?(?:[^'";]*?\sfrom\s)?['"](?<from>[^'"]+)['"]|\b(?:import|require)\(\s*['"](?<call>[^'"]+)['"]/gm;

/** The imports of a program, also those only for types. */
export const importsOf = (file: string): readonly Import[] =>
  [...readFileSync(join(root, file), 'utf8').matchAll(statement)].map(({ groups }) => {
    const from = groups?.from ?? groups?.call ?? '';
    return {
      file,
      what: from.startsWith('.') ? relative('.', join(dirname(file), from)) : from,
      typeOnly: groups?.type !== undefined,
    };
  });

/** The code of a program without comments and the contents of plain strings, which may contain any text. */
export const bareCodeOf = (file: string): string =>
  readFileSync(join(root, file), 'utf8')
    .replace(/\/\*[\s\S]*?\*\/|(?<=^|\s)\/\/.*$/gm, '')
    .replace(/'(?:[^'\\\n]|\\.)*'/g, "''");
