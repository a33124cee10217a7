#!/usr/bin/env node
// Davit's sources need Node 24, which set-up installs with the other packages. This launcher runs under any Node,
// starts Davit under Node 24, and passes on the arguments, the standard streams and the exit code.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import { fileURLToPath } from 'node:url';

const wanted = 24;
const main = fileURLToPath(new URL('main.ts', import.meta.url));
const installed = new URL('../node_modules/', import.meta.url);

const exitNotSetUp = () => {
  console.error('Davit is not set up in this folder yet: run `npm run demo` here first.');
  process.exit(1);
};

/** @param {string} node */
const startUnderNode24 = (node) => {
  const child = spawn(node, [main, ...process.argv.slice(2)], { stdio: 'inherit' });
  // Ctrl-C reaches both processes. The command decides what to do, and this process waits for its exit code.
  process.on('SIGINT', () => {});
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  child.on('error', exitNotSetUp);
  child.on('exit', (code, signal) => {
    process.exitCode = code ?? 128 + (signal ? constants.signals[signal] : 0);
  });
};

if (!existsSync(new URL('citty/package.json', installed))) exitNotSetUp();
else if (Number(process.versions.node.split('.')[0]) >= wanted) {
  const { run } = await import('./main.ts');
  await run();
} else startUnderNode24(fileURLToPath(new URL('.bin/node', installed)));
