import { expect, it } from 'vitest';
import { packageFailure } from '../../../local/template/package-failure.ts';

const faults = Array.from({ length: 200 }, (_, tool) => `- tool-${tool}.image: expected a name`);
const frames = Array.from({ length: 17 }, (_, line) => `    at step (/osls/lib/x.js:${line}:1)`);

it('keeps every fault that the packaging reported, without the lines of stack traces', () => {
  const output = ['Error:', 'tools.yml cannot be deployed', ...faults, ...frames, ''].join('\n');
  expect(packageFailure(1, output)).toBe(
    [
      'serverless package failed (exit 1):',
      'Error:',
      'tools.yml cannot be deployed',
      ...faults,
    ].join('\n'),
  );
});

it('keeps the beginning of an output that is too long', () => {
  const text = packageFailure(1, `first\n${'x'.repeat(1_000_000)}`);
  expect(text).toMatch(/^serverless package failed \(exit 1\):\nfirst\nx/);
  expect(text.length).toBeLessThan(50_000);
});
