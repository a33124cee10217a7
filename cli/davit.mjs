#!/usr/bin/env node
// Davit's sources run under Node 24, which is installed beside its other packages. This launcher runs under
// whatever Node the machine has, finds that one, and hands over: arguments, standard streams and exit code.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import { fileURLToPath } from 'node:url';

const wanted = 24;
const main = fileURLToPath(new URL('main.ts', import.meta.url));
const installed = new URL('../node_modules/', import.meta.url);

const missing = () => {
  console.error('Davit is not set up in this folder yet: run `npm run demo` here first.');
  process.exit(1);
};

/** @param {string} node */
const handOver = (node) => {
  const child = spawn(node, [main, ...process.argv.slice(2)], { stdio: 'inherit' });
  // Ctrl-C goes to both processes: the command decides what it means, and this one waits for its word.
  process.on('SIGINT', () => {});
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  child.on('error', missing);
  child.on('exit', (code, signal) => {
    process.exitCode = code ?? 128 + (signal ? constants.signals[signal] : 0);
  });
};

if (!existsSync(new URL('citty/package.json', installed))) missing();
else if (Number(process.versions.node.split('.')[0]) >= wanted) {
  const { run } = await import('./main.ts');
  await run();
} else handOver(fileURLToPath(new URL('.bin/node', installed)));
