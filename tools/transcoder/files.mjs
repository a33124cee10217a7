import { mkdtemp, open, rename, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exit, fileStop, Stop } from './exit.mjs';

/** Makes a folder for the downloads of this run. Stop 78 when it cannot be made. */
export const temporaryFolder = () =>
  mkdtemp(join(tmpdir(), 'davit-transcoder-')).catch((error) => {
    throw fileStop(error, 'the folder that TMPDIR names must exist', exit.configuration);
  });

/** Checks the source: Stop 66 when it is not a file, 77 when it may not be read.
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

/** Makes the empty file that becomes the result, so that a failure is reported now and not after an hour of work.
 * @param {string} partial
 * @param {string | undefined} outputPath */
export const reserve = async (partial, outputPath) => {
  const found = outputPath === undefined ? undefined : await stat(outputPath).catch(() => {});
  if (found?.isDirectory())
    throw new Stop(exit.usage, `the result must be a file, but ${outputPath} is a folder`);
  await writeFile(partial, '').catch((error) => {
    const isMissing = error.code === 'ENOENT' || error.code === 'ENOTDIR';
    const what = isMissing ? 'the folder of the result must exist' : 'the result cannot be written';
    throw fileStop(error, what, exit.usage);
  });
};

/** @param {string} partial
 * @param {string} path */
export const putInPlace = (partial, path) =>
  rename(partial, path).catch((error) => {
    throw fileStop(error, 'the result cannot be put in its place', exit.usage);
  });
