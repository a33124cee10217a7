import { ownOf } from '../../models/own.ts';
import { dynamodbPlan } from '../dynamodb/plan.ts';
import { eventsPlan } from '../events/plan.ts';
import { iamPlan } from '../iam/plan.ts';
import { lambdaPlan } from '../lambda/plan.ts';
import { logsPlan } from '../logs/plan.ts';
import { sqsPlan } from '../sqs/plan.ts';
import { ssmPlan } from '../ssm/plan.ts';
import { otherTypes } from './other-types.ts';
import { refuseOthers } from './refuse-others.ts';
import { type Resource, type ResourceType, refuse } from './types.ts';

/** The types that the template may hold, by the file that declares them. */
const typesByFile: Readonly<Record<string, Readonly<Record<string, ResourceType>>>> = {
  'local/dynamodb/plan.ts': dynamodbPlan.types,
  'local/events/plan.ts': eventsPlan.types,
  'local/iam/plan.ts': iamPlan.types,
  'local/lambda/plan.ts': lambdaPlan.types,
  'local/logs/plan.ts': logsPlan.types,
  'local/sqs/plan.ts': sqsPlan.types,
  'local/ssm/plan.ts': ssmPlan.types,
  'local/template/other-types.ts': otherTypes,
};

/** A type with the file that declares it. Throws an error with the place of a resource whose type is not declared. */
export const knownType = (
  type: string,
  where: string,
): { readonly file: string; readonly type: ResourceType } => {
  for (const [file, types] of Object.entries(typesByFile)) {
    const found = ownOf(types, type);
    if (found !== undefined) return { file, type: found };
  }
  throw refuse(
    where,
    `the local AWS has no ${type}; add the type to plan.ts of its service (such as local/sqs/plan.ts), or to local/template/other-types.ts if it has no effect on this machine.`,
  );
};

/** Refuses a type or a property that would be ignored in silence. */
export const refuseUnknown = ({ logicalId, type, properties }: Resource): void => {
  const known = knownType(type, logicalId);
  if (known.type.properties === undefined) return;
  refuseOthers(properties, logicalId, { known: known.type.properties, file: known.file });
};
