/** Who is responsible for a start that failed. */
export type Fault = 'platform' | 'release' | 'capacity' | 'deployment' | 'outOfMemory';

/** Messages of ECS, its agents and the programs that they call about a failed start, each from a public thread or page. */
export interface Reported {
  readonly fault: Fault;
  /** Its source: a thread `owner/repo#number`, or a page of a public repository. */
  readonly source: string;
  readonly says: string;
}

const pullPreamble =
  'ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed:';

/** Shortened and made anonymous; the wording is original. */
export const reported: readonly Reported[] = [
  // Capacity: ECS's own reasons (TaskFailedToStart) and its messages when a limit is reached.
  ...[
    'RESOURCE:MEMORY',
    'RESOURCE:GPU',
    'TaskFailedToStart: RESOURCE:ENI',
    'AGENT',
    'TaskFailedToStart: AGENT',
    'NO ACTIVE INSTANCES',
    'EMPTY CAPACITY PROVIDER',
    'MemberOf placement constraint unsatisfied',
  ].map((says) => ({
    fault: 'capacity' as const,
    source: 'awsdocs/amazon-ecs-developer-guide doc_source/api_failures_messages.md',
    says,
  })),
  {
    fault: 'capacity',
    source: 'gchq/sleeper#904',
    says: 'Capacity is unavailable at this time. Please try again later or in a different availability zone',
  },
  {
    fault: 'capacity',
    source: 'PrefectHQ/prefect-aws#282',
    says: "You've reached the limit on the number of vCPUs you can run concurrently",
  },
  {
    fault: 'capacity',
    source: 'wellcomecollection/platform#3875',
    says: "You've reached the limit on the number of tasks you can run concurrently",
  },
  {
    fault: 'capacity',
    source: 'DIAGNijmegen/rse-grand-challenge#2013',
    says: 'Tasks provisioning capacity limit exceeded.',
  },

  // The graphics driver of a host.
  {
    fault: 'platform',
    source: 'bottlerocket-os/bottlerocket#3960',
    says: "CannotStartContainerError: Error response from daemon: failed to create task for container: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: error during container init: error running hook #0: error running hook: exit status 1, stdout: , stderr: Auto-detected mode as 'legacy'\\nnvidia-container-cli: initialization error: driver rpc error: timed out: unknown",
  },
  {
    fault: 'platform',
    source: 'NVIDIA/nvidia-docker#1047',
    says: 'CannotStartContainerError: Error response from daemon: OCI runtime create failed: container_linux.go:348: starting container process caused "process_linux.go:402: container init caused \\"process_linux.go:385: running prestart hook 1 caused \\\\\\"error running hook: exit status 1, stdout: , stderr: exec command: [/usr/bin/nvidia-container-cli --load-kmods configure --device=1 --pid=59574]\\\\\\\\nnvidia-container-cli: initialization error: driver error: timed out\\\\\\"\\"": unknown',
  },
  {
    fault: 'platform',
    source: 'NVIDIA/nvidia-docker#1451',
    says: 'CannotStartContainerError: Error response from daemon: OCI runtime create failed: container_linux.go:349: starting container process caused "process_linux.go:449: container init caused \\"running hook 1 caused: nvidia-container-cli: initialization error: nvml error: driver/library version mismatch\\"": unknown',
  },
  {
    fault: 'platform',
    source: 'NVIDIA/nvidia-container-toolkit#108',
    says: 'CannotStartContainerError: OCI runtime create failed: runc create failed: unable to start container process: error during container init: nvidia-container-cli: device error: /var/run/nvidia-container-devices: unknown device: unknown',
  },
  {
    fault: 'platform',
    source: 'NVIDIA/nvidia-docker#1637',
    says: 'CannotStartContainerError: Error response from daemon: could not select device driver "" with capabilities: [[gpu]]',
  },
  {
    fault: 'release',
    source: 'NVIDIA/nvidia-docker#1442',
    says: 'CannotStartContainerError: Error response from daemon: OCI runtime create failed: container_linux.go:370: starting container process caused: process_linux.go:459: container init caused: Running hook #0:: error running hook: exit status 1, stdout: , stderr: nvidia-container-cli: requirement error: unsatisfied condition: cuda>=11.0, please update your driver to a newer version, or use an earlier cuda container: unknown',
  },

  // The program of an image.
  {
    fault: 'release',
    source: 'jenkinsci/amazon-ecs-plugin#258',
    says: 'CannotStartContainerError: ResourceInitializationError: failed to create new container runtime task: failed to create shim: OCI runtime create failed: container_linux.go:380: starting container process caused: exec: "-url": executable file not found in $PATH',
  },
  {
    fault: 'release',
    source: 'hexbay/ocean_ctf#39 (here with a program whose name is timeout)',
    says: 'CannotStartContainerError: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: exec: "timeout": executable file not found in $PATH: unknown',
  },
  {
    fault: 'release',
    source: 'aminvakil/docker-ocserv#52',
    says: 'CannotStartContainerError: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: exec: "/entrypoint.sh": permission denied: unknown',
  },
  {
    fault: 'release',
    source: 'AliyunContainerService/pouch#1068',
    says: 'CannotStartContainerError: OCI runtime create failed: container_linux.go:265: starting container process caused "exec: \\"/home/admin/start.sh\\": stat /home/admin/start.sh: no such file or directory": unknown',
  },
  {
    fault: 'release',
    source: 'aws/amazon-ec2-metadata-mock#155',
    says: 'ContainerRuntimeError: standard_init_linux.go:228: exec user process caused: exec format error',
  },
  {
    fault: 'release',
    source: 'OpenTOSCA/opentosca-docker#3',
    says: 'CannotStartContainerError: oci runtime error: container_linux.go:262: starting container process caused "chdir to cwd (\\"/opt/winery\\") set in config.json failed: no such file or directory"',
  },
  {
    fault: 'release',
    source: 'ansible/ansible-container#400',
    says: 'CannotStartContainerError: Error response from daemon: linux spec user: unable to find user tool: no matching entries in passwd file',
  },
  {
    fault: 'release',
    source: 'aws/amazon-ecs-agent#157',
    says: 'CannotCreateContainerError: API error (500): No command specified',
  },
  {
    fault: 'outOfMemory',
    source: 'aws/amazon-ecs-agent#3021',
    says: 'CannotStartContainerError: Error response from daemon: OCI runtime create failed: container_linux.go:380: starting container process caused: container init was OOM-killed (memory limit too low?): unknown',
  },

  // Time, network, disk and runtime of a host.
  {
    fault: 'platform',
    source: 'aws/amazon-ecs-agent#4825',
    says: 'Timeout waiting for network interface provisioning to complete.',
  },
  {
    fault: 'platform',
    source: 'aws/amazon-ecs-agent#1440',
    says: 'DockerTimeoutError: Could not transition to created; timed out after waiting 4m0s',
  },
  {
    fault: 'platform',
    source: 'aws/amazon-ecs-agent#2348',
    says: 'CannotInspectContainerError: Could not transition to inspecting; timed out after waiting 30s',
  },
  {
    fault: 'platform',
    source: 'awsdocs/amazon-ecs-user-guide stopped-task-error-codes',
    says: 'ContainerRuntimeTimeoutError: Could not transition to running; timed out after waiting 1m',
  },
  {
    fault: 'platform',
    source: 'moby/moby#22226',
    says: 'CannotStartContainerError: rpc error: code = 2 desc = "containerd: container did not start before the specified timeout"',
  },
  {
    fault: 'platform',
    source: 'aws/containers-roadmap#1425',
    says: 'CannotCreateVolumeError: unable to copy contents to volume on host: containerd: failed to get image reference: context deadline exceeded',
  },
  {
    fault: 'platform',
    source: 'awsdocs/amazon-ecs-developer-guide#42',
    says: 'CannotPullContainerError: write /var/lib/docker/tmp/GetImageBlob111111111: no space left on device',
  },
  {
    fault: 'platform',
    source: 'nasa/cumulus-api#209',
    says: 'CannotCreateContainerError: API error (500): devmapper: Thin Pool has 0 free data blocks which is less than minimum required 20253 free data blocks. Create more free space in thin pool or use dm.min_free_space option to change behavior',
  },
  {
    fault: 'platform',
    source: 'aws/amazon-ecs-agent#218',
    says: 'CannotStartContainerError: API error (404): Cannot start container 986d8b08: adding interface veth0e8d337 to bridge docker0 failed: could not find bridge docker0: no such network interface',
  },
  {
    fault: 'platform',
    source: 'aws/amazon-ecs-agent#3526',
    says: 'CannotStartContainerError: ResourceInitializationError: failed to create new container runtime task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: error during container init: error creating device nodes: mknod /run/containerd/io.containerd.runtime.v2.task/fargate.task/9620/rootfs/dev/null: errno 524: unknown',
  },
  {
    fault: 'platform',
    source: 'aws/amazon-ecs-agent#688',
    says: 'CannotCreateContainerError: dial unix /var/run/docker.sock: connect: no such file or directory',
  },
  {
    fault: 'platform',
    source: 'aws/amazon-ecs-cni-plugins#93',
    says: 'failed to setup network namespace: cni setup: invoke eni plugin failed: getInterfaceDeviceName engine: unable to get device with hardware address',
  },
  {
    fault: 'platform',
    source: 'moby/moby#25877',
    says: 'CannotStartContainerError: driver failed programming external connectivity on endpoint tool: Bind for 0.0.0.0:80 failed: port is already allocated',
  },
  {
    fault: 'platform',
    source: 'aws/aws-sdk-js#2425',
    says: 'Unexpected EC2 error while attempting to tag the network interface: InvalidParameterValue',
  },
  {
    fault: 'platform',
    source: 'paradisec-archive/nabu#1259',
    says: "Unexpected EC2 error while attempting to Create Network Interface with public IP assignment disabled in subnet 'subnet-05d9': InsufficientFreeAddressesInSubnet",
  },
  { fault: 'platform', source: 'aws/aws-cdk#7529', says: 'Task failed to start' },
  {
    fault: 'platform',
    source: 'awsdocs/amazon-ecs-developer-guide failed-to-start-error',
    says: 'InternalError: something that no one has reported',
  },

  // The registry of the images.
  {
    fault: 'platform',
    source: 'ActionIQ/terraform-aws-retool-ecs-fargate#20',
    says: 'CannotPullContainerError: pull image manifest has been retried 5 time(s): failed to resolve ref docker.io/tryretool/backend:2.110.5: failed to do request: Head "https://registry-1.docker.io/v2/tryretool/backend/manifests/2.110.5": dial tcp 34.205.13.154:443: i/o timeout',
  },
  {
    fault: 'platform',
    source: 'aws/amazon-ecs-agent#1128',
    says: 'CannotPullContainerError: API error (500): Get https://111122223333.dkr.ecr.us-east-1.amazonaws.com/v2/: net/http: request canceled while waiting for connection (Client.Timeout exceeded while awaiting headers)',
  },
  {
    fault: 'platform',
    source: 'apptension/saas-boilerplate#204',
    says: 'CannotPullContainerError: httpReadSeeker: failed open: unexpected status code https://registry-1.docker.io/v2/cypress/included/manifests/sha256:86e3: 429 Too Many Requests - Server message: toomanyrequests: You have reached your pull rate limit',
  },
  {
    fault: 'platform',
    source: 'zebrunner/mcloud-agent#235',
    says: 'CannotPullImageManifestError: Error response from daemon: toomanyrequests: Rate exceeded',
  },
  {
    fault: 'platform',
    source: 'docker/hub-feedback#1195',
    says: 'CannotPullContainerError: Error response from daemon: Get https://registry-1.docker.io/v2/library/ubuntu/manifests/latest: net/http: TLS handshake timeout',
  },
  {
    fault: 'platform',
    source: 'aws/aws-xray-daemon#146 (cut by ECS before the status)',
    says: 'CannotPullContainerError: ref pull has been retried 1 time(s): failed to copy: httpReaderSeeker: failed open: unexpected status code https://registry-1.docker.io/v2/amazon/aws-xray-daemon/manifests/sha256:2d964e1d...',
  },
  {
    fault: 'platform',
    source: 'buildkite/elastic-ci-stack-for-aws#178',
    says: 'CannotPullContainerError: denied: Your Authorization Token has expired.',
  },
  {
    fault: 'release',
    source: 'aws/amazon-ecs-agent#2137',
    says: "CannotPullContainerError: Error response from daemon: pull access denied for 111122223333.dkr.ecr.us-east-1.amazonaws.com/foo/app, repository does not exist or may require 'docker login'",
  },
  {
    fault: 'release',
    source: 'aws-samples/bedrock-access-gateway#114',
    says: 'CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref 366590864501.dkr.ecr.us-west-2.amazonaws.com/proxy:latest@sha256:5de4: unexpected status from HEAD request to https://366590864501.dkr.ecr.us-west-2.amazonaws.com/v2/proxy/blobs/sha256:5de4: 403 Forbidden',
  },
  {
    fault: 'release',
    source: 'awsdocs/amazon-ecs-developer-guide doc_source/task_cannot_pull_image.md',
    says: 'CannotPullContainerError: API error (404): repository 111122223333.dkr.ecr.us-east-1.amazonaws.com/repo/image not found',
  },
  {
    fault: 'release',
    source: 'aws/amazon-ecs-agent agent/engine (its own test of a missing repository)',
    says: 'CannotPullImageManifestError: Error response from daemon: manifest unknown: manifest unknown',
  },
  {
    fault: 'release',
    source: 'aviswerdlow/relay#71',
    says: "CannotPullContainerError: pull image manifest has been retried 7 time(s): image Manifest does not contain descriptor matching platform 'linux/amd64'.",
  },
  {
    fault: 'release',
    source: 'aws/containers-roadmap#1120',
    says: 'CannotPullContainerError: failed to find a descriptor for platform {linux/amd64}',
  },
  {
    fault: 'deployment',
    source: 'OvertureMaps/overture-tiles#20',
    says: 'CannotPullECRContainerError: AccessDeniedException: User: arn:aws:sts::111122223333:assumed-role/execution is not authorized to perform: ecr:GetAuthorizationToken on resource: *',
  },

  // Secrets.
  {
    fault: 'platform',
    source: 'doctorray117/minecraft-ondemand#74',
    says: `${pullPreamble} unable to retrieve ecr registry auth: service call has been retried 3 time(s): RequestError: send request failed caused by: Post "https://api.ecr.us-east-2.amazonaws.com/": dial tcp 10.0.0.1:443: i/o timeout. Please check your task network configuration.`,
  },
  {
    fault: 'platform',
    source: 'Releem/releem-agent#195',
    says: `${pullPreamble} unable to retrieve secret from asm: service call has been retried 5 time(s): failed to fetch secret arn:aws:secretsmanager:us-west-2:111122223333:secret:DB from secrets manager: RequestCanceled: request context canceled caused by: context deadline exceeded. Please check your task network configuration.`,
  },
  {
    fault: 'platform',
    source: 'aws-samples/keycloak-on-aws#222 (cut by ECS before the cause)',
    says: `${pullPreamble} unable to get registry auth from asm: service call has been retried 5 time(s): asm fetching secret from the service for ...`,
  },
  {
    fault: 'release',
    source: 'aws-samples/dify-self-hosted-on-aws#35',
    says: `${pullPreamble} unable to retrieve secret from asm: service call has been retried 1 time(s): failed to fetch secret arn:aws:secretsmanager:ap-southeast-1:111122223333:secret:test-secret from secrets manager: AccessDeniedException: User: arn:aws:sts::111122223333:assumed-role/execution is not authorized to perform: secretsmanager:GetSecretValue on resource: arn:aws:secretsmanager:ap-southeast-1:111122223333:secret:test-secret`,
  },
  {
    fault: 'release',
    source: 'GiamPy5/terraform-aws-directus#10',
    says: `${pullPreamble} unable to retrieve secret from asm: service call has been retried 1 time(s): failed to fetch secret arn:aws:secretsmanager:eu-central-1:111122223333:secret:key from secrets manager: AccessDeniedException: Access to KMS is not allowed status code: 400`,
  },
  {
    fault: 'release',
    source: 'aws/copilot-cli#3104',
    says: `${pullPreamble} unable to retrieve secrets from ssm: service call has been retried 1 time(s): AccessDeniedException: User: ....`,
  },
  {
    fault: 'release',
    source: 'localstack/localstack#10079',
    says: `${pullPreamble} unable to retrieve secret from asm: service call has been retried 1 time(s): ResourceNotFoundException: Secrets Manager can't find the specified secret`,
  },
  {
    fault: 'release',
    source: 'rileydakota/valheim-ecs-fargate-cdk#9',
    says: `${pullPreamble} unable to retrieve secret from asm: service call has been retried 1 time(s): invalid character '\\'' looking for beginning of value`,
  },

  {
    fault: 'release',
    source: 'aws/amazon-ecs-agent ecs-agent/asm',
    says: `${pullPreamble} unable to retrieve secret from asm: retrieved secret from Secrets Manager did not contain json key password`,
  },
  {
    fault: 'release',
    source: 'aws/amazon-ecs-agent ecs-agent/asm',
    says: "ResourceNotFoundException: The task can't retrieve the secret with ARN 'arn:aws:secretsmanager:us-east-1:111122223333:secret:key' from AWS Secrets Manager. Check whether the secret exists in the specified Region",
  },
  {
    fault: 'release',
    source: 'aws/amazon-ecs-agent agent/api/errors',
    says: "CannotPullContainerError: The task can’t pull the image '111122223333.dkr.ecr.us-east-1.amazonaws.com/echo' from Amazon Elastic Container Registry using the task execution role 'execution'. To fix this, verify that the image URI is correct. Also check that the task execution role has the additional permissions to pull Amazon ECR images. Status Code: 404. Response: 'not found'",
  },

  // The log group and the roles, which the deployment makes.
  {
    fault: 'deployment',
    source: 'Rayraegah/terraform-aws-hasura#25',
    says: 'CannotStartContainerError: Error response from daemon: failed to initialize logging driver: failed to create Cloudwatch log stream: ResourceNotFoundException: The specified log group does not exist. status code: 400',
  },
  {
    fault: 'deployment',
    source: 'doctorray117/minecraft-ondemand#12',
    says: 'ResourceInitializationError: failed to validate logger args: create stream has been retried 1 times: failed to create Cloudwatch log stream: AccessDeniedException: User: arn:aws:sts::111122223333:assumed-role/execution/123456a999ee4b919',
  },
  {
    fault: 'deployment',
    source: 'TechToSpeech/terraform-aws-serverless-static-wordpress#74',
    says: "ResourceInitializationError: failed to validate logger args: create stream has been retried 1 times: failed to create Cloudwatch log stream: MissingEndpoint: 'Endpoint' configuration is required for this service",
  },
  {
    fault: 'platform',
    source: 'awsdocs/amazon-ecs-developer-guide resource-initialization-error',
    says: 'ResourceInitializationError: failed to validate logger args: The task cannot find the Amazon CloudWatch log group defined in the task definition. There is a connection issue between the task and Amazon CloudWatch. Check your network configuration. signal: killed',
  },
  {
    fault: 'platform',
    source: 'aws/amazon-ecs-cli#752',
    says: 'CannotStartContainerError: Error response from daemon: failed to initialize logging driver: CredentialsEndpointError: failed to load credentials caused by: RequestError: send request failed caused by: Get http://169.254.170.2/v2/credentials/: dial tcp 169.254.170.2:80: connect: connection refused',
  },
  {
    fault: 'deployment',
    source: 'aws-samples/aws-modern-application-workshop#88',
    says: "ECS was unable to assume the role 'arn:aws:iam::111122223333:role/task' that was provided for this task. Please verify that the role being passed has the proper trust relationship and permissions and that your IAM user has permissions to pass this role.",
  },
  {
    fault: 'deployment',
    source: 'aws-solutions/distributed-load-testing-on-aws#2',
    says: 'Unable to assume the service linked role. Please verify that the ECS service linked role exists.',
  },

  // The definition itself.
  {
    fault: 'release',
    source: 'awsdocs/amazon-ecs-developer-guide failed-to-start-error',
    says: 'The selected task definition is not compatible with the selected compute strategy.',
  },
  {
    fault: 'release',
    source: 'awsdocs/amazon-ecs-developer-guide doc_source/api_failures_messages.md',
    says: 'TaskFailedToStart: ATTRIBUTE',
  },
];
