import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { toolsOf } from '../../shared/wire/tools-file.ts';
import { knownKeys } from '../../shared/wire/tools-keys.ts';
import { root } from '../kit/root.ts';

const page = readFileSync(join(root, 'docs/messages.md'), 'utf8');
const section =
  page.split('\n### ').find((part) => part.startsWith('The keys of `tools.yml`')) ?? '';
const rows = [
  ...section.matchAll(
    /^\| `(?<key>\w+)` \| (?<meaning>.+) \| (?<values>.+) \| (?<preset>.+) \|$/gm,
  ),
].map(({ groups }) => ({
  key: groups?.key ?? '',
  preset: groups?.preset ?? '',
  values: groups?.values ?? '',
}));

const required = { image: 'echo', cpu: 256, memoryMiB: 512, placements: ['cpu'] };
const parsedWith = (key: string, value: unknown) =>
  toolsOf({ echo: { ...required, [key]: value } });
/** The sentences about the value of this key alone. `sizes of Fargate` depend on another key. */
const faultsOf = (key: string, value: unknown): readonly string[] => {
  const parsed = parsedWith(key, value);
  const faults = 'faults' in parsed ? parsed.faults : [];
  return faults.filter((fault) => fault.startsWith(`echo.${key}`) && !/Fargate offers/.test(fault));
};

describe('the table of the keys of tools.yml', () => {
  it('has a row for each key, in the order of the list', () => {
    expect(rows.map(({ key }) => key)).toEqual(knownKeys);
  });

  it('says of the keys without which there is no tool that they are required', () => {
    const without = toolsOf({ echo: {} });
    const faults = 'faults' in without ? without.faults : [];
    for (const { key, preset } of rows) {
      const isRequired = faults.some((fault) => fault.startsWith(`echo.${key}: `));
      expect({ key, isRequired }).toEqual({ key, isRequired: preset === 'required' });
    }
  });

  it('has the defaults: to write one changes nothing', () => {
    const presets = rows.filter(({ preset }) => preset.startsWith('`'));
    expect(presets.length).toBeGreaterThan(8);
    for (const { key, preset } of presets) {
      expect(parsedWith(key, parse(preset.replaceAll('`', ''))), key).toEqual(
        toolsOf({ echo: required }),
      );
    }
  });

  it('has the ranges: both ends are accepted, and a value beyond them is not', () => {
    const ranges = rows.flatMap(({ key, values }) => {
      const [, least, most] = /^`(\w+)` to `(\w+)`/.exec(values) ?? [];
      return least === undefined || most === undefined ? [] : [{ key, ends: [least, most] }];
    });
    expect(ranges.length).toBeGreaterThan(8);
    for (const { key, ends } of ranges) {
      for (const end of ends) expect(faultsOf(key, parse(end))).toEqual([]);
      const [below, above] = ends.map((end, at) =>
        end.replace(/\d+/, (digits) => String(Number(digits) + (at === 0 ? -1 : 1))),
      );
      for (const beyond of [below, above])
        expect(faultsOf(key, parse(beyond ?? ''))).not.toEqual([]);
    }
  });
});
