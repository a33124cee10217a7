import { describe, expect, it } from 'vitest';
import { foreignDefinition, isOwnDefinition } from '../../shared/core/family.ts';

const own = { stage: 'prod', tool: 'film-cut', version: '1.0.0-rc.1' };
const family = 'davit_prod_film-cut_1_0_0-rc_1_fargate';
const arn = (name: string, partition = 'aws') =>
  `arn:${partition}:ecs:eu-central-1:123456789012:task-definition/${name}`;

describe('a task definition', () => {
  it('belongs to a stage, tool, version and host kind by its family, in every partition', () => {
    expect(isOwnDefinition(arn(`${family}:7`), own, 'fargate')).toBe(true);
    expect(isOwnDefinition(arn(`${family}:7`, 'aws-us-gov'), own, 'fargate')).toBe(true);
    expect(isOwnDefinition(arn(`${family}:7`), own, 'hosts')).toBe(false);
  });

  it.each([
    family,
    `${family}:7`,
    arn(family),
    arn(`${family}:latest`),
    arn(`x/${family}:7`),
    `${arn(`${family}:7`)}\n`,
    `${arn(`${family}:7`)},${arn('payroll:1')}`,
    arn(`${family}:7`).replace(':ecs:', ':ec2:'),
  ])('does not belong to them where it is not the ARN of one revision: %j', (text) => {
    expect(isOwnDefinition(text, own, 'fargate')).toBe(false);
  });

  it('is distinguished by tool and version, even where both together have the same text', () => {
    const of = (tool: string, version: string) => {
      const definitions = { fargate: arn('davit_prod_a_1_0_fargate:1') };
      return foreignDefinition({ stage: 'prod', tool }, { version, definitions });
    };
    expect(of('a', '1.0')).toBeUndefined();
    expect(of('a', '1')).toContain('must be a revision of davit_prod_a_1_fargate');
    expect(of('a-1', '0')).toContain('davit_prod_a-1_0_fargate');
  });

  it('is reported with what was expected and what came, cut to a useful length', () => {
    const definitions = { fargate: `\u001b[31m${'x'.repeat(100_000)}` };
    const why = foreignDefinition({ stage: 'prod', tool: 'a' }, { version: '1', definitions });
    expect(why).toMatch(/^the task definition of a 1 must be a revision of davit_prod_a_1_fargate/);
    expect(why?.length).toBeLessThan(400);
    expect(why).not.toContain('\u001b');
  });
});

it('quotes no more than two hundred characters of a record', () => {
  const foreign = foreignDefinition(own, {
    version: own.version,
    definitions: { fargate: 'x'.repeat(300) },
  });
  expect(foreign).toBe(
    `the task definition of film-cut 1.0.0-rc.1 must be a revision of ${family}, but its record names "${'x'.repeat(200)}"`,
  );
});

it('is looked for among the definitions for hosts too', () => {
  const definitions = { hosts: arn('payroll:1') };
  expect(foreignDefinition(own, { version: own.version, definitions })).toMatch(/payroll:1/);
});
