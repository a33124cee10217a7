import * as v from 'valibot';
import type { HostKind, Release } from '../core/tool.ts';
import { textIn } from './bounded.ts';
import { lengths } from './ranges.ts';
import { storedSpec } from './spec.ts';
import type { FieldsOf } from './stored-time.ts';

/** Where a run can go. */
export const placementSchema = v.picklist(['cpu', 'cpu-spot', 'gpu', 'gpu-spot']);

/** The ARN of the task definition revision for each kind of hosts. */
export const definitionsSchema = v.object({
  fargate: v.exactOptional(textIn(lengths.arn)),
  hosts: v.exactOptional(textIn(lengths.arn)),
} satisfies FieldsOf<Record<HostKind, string>>);

/** A version of a tool that can be launched. */
export const releaseSchema = v.object({
  tool: textIn(lengths.name),
  version: textIn(lengths.name),
  definitions: definitionsSchema,
  imageDigest: v.exactOptional(textIn(lengths.short)),
  spec: storedSpec,
} satisfies FieldsOf<Release>);
