import { mkdtemp, open, rename, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exit, fileStop, Stop } from './exit.mjs';

/** A folder of this run alone, for what it downloads. Stop 78 when there is no place for it. */
export const temporaryFolder = () =>
  mkdtemp(join(tmpdir(), 'davit-transcoder-')).catch((error) => {
    throw fileStop(error, 'the folder that TMPDIR names must exist', exit.configuration);
  });

/** Stop 66 when the source is no file, 77 when it may not be read.
 * @param {string} path */
export const checkSource = async (path) => {
  /** @type {(error: unknown) => never} */
  const stop = (error) => {
    throw fileStop(error, 'the source cannot be read');
  };
  const found = await stat(path).catch(stop);
  if (!found.isFile()) throw new Stop(exit.noInput, `the source ${path} must be a file`);
  const file = await open(path).catch(stop);
  await file.close();
};

/** Makes the empty file that becomes the result: now, and not after an hour of work, it is told that this cannot be.
 * @param {string} partial
 * @param {string | undefined} outputPath */
export const reserve = async (partial, outputPath) => {
  const there = outputPath === undefined ? undefined : await stat(outputPath).catch(() => {});
  if (there?.isDirectory())
    throw new Stop(exit.usage, `the result must be a file, but ${outputPath} is a folder`);
  await writeFile(partial, '').catch((error) => {
    const isAway = error.code === 'ENOENT' || error.code === 'ENOTDIR';
    const what = isAway ? 'the folder of the result must exist' : 'the result cannot be written';
    throw fileStop(error, what, exit.usage);
  });
};

/** @param {string} partial
 * @param {string} path */
export const putInPlace = (partial, path) =>
  rename(partial, path).catch((error) => {
    throw fileStop(error, 'the result cannot be put in its place', exit.usage);
  });
