/** The log stream of a run: the `awslogs` driver names it `<prefix>/<container>/<ECS task id>`, and Davit's prefix and container are both `tool`. */
export const logStreamOf = (ecsTaskArn: string): string =>
  `tool/tool/${ecsTaskArn.split('/').at(-1) ?? ''}`;

/** The id of the ECS task whose log stream has this name; undefined for a stream of something else. */
export const ecsTaskIdIn = (logStream: string): string | undefined =>
  /^tool\/tool\/([0-9a-z]{8,64})$/.exec(logStream)?.[1];
