/** The id of an ECS task, the last part of its ARN. */
export const ecsTaskId = (arn: string): string => arn.split('/').at(-1) ?? arn;
