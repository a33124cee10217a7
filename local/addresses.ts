/** The content of `.davit/local.json`: everything that a program needs to use the local stack. */
export interface Addresses {
  readonly aws: string;
  /** With the user and the password of a publisher. */
  readonly amqp: string;
  readonly management: string;
  readonly region: string;
  readonly stage: string;
  readonly table: string;
  readonly cluster: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** The text that is printed when the stack is ready, with commands to copy. `before` is put before the commands that must find the stack. */
export const greeting = (addresses: Addresses, dir: string, before?: string): string => {
  const davit = before === undefined ? 'npx davit' : `${before} npx davit`;
  const aws = `aws --endpoint-url ${addresses.aws} --region ${addresses.region}`;
  const query = `dynamodb query --table-name ${addresses.table} --index-name by-phase --key-condition-expression 'phase = :p' --expression-attribute-values '{":p":{"S":"SUCCEEDED"}}'`;
  return [
    '',
    `  AWS        ${addresses.aws}`,
    `  RabbitMQ   ${addresses.amqp}`,
    `  console    ${addresses.management}`,
    `  state      ${dir} (logs in ${dir}/logs, addresses in ${dir}/local.json)`,
    '',
    '  Schedules run 12 times as fast as on AWS (a sweep every 5 seconds), and a container is up within a second; no other time differs.',
    '',
    '  Try it:',
    `    ${davit} submit echo --input '{"say":"hello"}' --follow`,
    `    ${davit} list`,
    '',
    '  With the AWS CLI:',
    `    export AWS_ACCESS_KEY_ID=${addresses.accessKeyId} AWS_SECRET_ACCESS_KEY=${addresses.secretAccessKey}`,
    `    ${aws} ${query}`,
    `    ${aws} ssm put-parameter --overwrite --name /davit/${addresses.stage}/tools/transcoder/version --value 1.1.0`,
    `    ${aws} ecs list-tasks --cluster ${addresses.cluster}`,
    '',
  ].join('\n');
};
