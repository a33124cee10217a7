import * as v from 'valibot';
import type { HostKind, Release } from '../core/tool.ts';
import { storedSpec } from './spec.ts';
import type { FieldsOf } from './stored-time.ts';

/** Where a run can go. */
export const placementSchema = v.picklist(['cpu', 'cpu-spot', 'gpu', 'gpu-spot']);

/** Task definition revision ARN per host kind. */
export const definitionsSchema = v.object({
  fargate: v.exactOptional(v.string()),
  hosts: v.exactOptional(v.string()),
} satisfies FieldsOf<Record<HostKind, string>>);

/** A version of a tool that can be launched. */
export const releaseSchema = v.object({
  tool: v.string(),
  version: v.string(),
  definitions: definitionsSchema,
  imageDigest: v.exactOptional(v.string()),
  spec: storedSpec,
} satisfies FieldsOf<Release>);
