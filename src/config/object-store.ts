/** The object store that the settings name, checked as a whole. */
import { BadSetting } from './bad-setting.ts';
import type { Config } from './config.ts';

export interface ObjectStoreSettings {
  /** `s3://bucket/prefix`, for messages. */
  readonly address: string;
  readonly bucket: string;
  /** Before the key of every object; empty, or ends with a slash. */
  readonly prefix: string;
  /** Of a store that is not Amazon's. */
  readonly endpoint: string | undefined;
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string | undefined;
  /** Value of `x-amz-server-side-encryption`. */
  readonly encryption: string | undefined;
}

/** Where a bucket is that a setting or an option names. */
export interface BucketAddress {
  readonly bucket: string;
  readonly prefix: string;
}

/** As Amazon's own clients do, where nothing names a region. */
const DEFAULT_REGION = 'us-east-1';

type StoreConfig = Pick<
  Config,
  | 'imageStoreEncryption'
  | 'awsAccessKeyId'
  | 'awsSecretAccessKey'
  | 'awsSessionToken'
  | 'awsRegion'
  | 'awsEndpointUrl'
  | 'awsS3EndpointUrl'
>;

/** @throws BadSetting if there are no keys */
export function readObjectStore(config: StoreConfig, at: BucketAddress): ObjectStoreSettings {
  const { awsAccessKeyId: accessKeyId, awsSecretAccessKey: secretAccessKey } = config;
  const address = formatBucketAddress(at);
  if (accessKeyId === undefined || secretAccessKey === undefined)
    throw new BadSetting(
      `${address} needs AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or files that …_FILE names`,
    );
  return {
    ...{ ...at, address, accessKeyId, secretAccessKey },
    endpoint: config.awsS3EndpointUrl ?? config.awsEndpointUrl,
    region: config.awsRegion ?? DEFAULT_REGION,
    sessionToken: config.awsSessionToken,
    encryption: config.imageStoreEncryption,
  };
}

/** `s3://bucket/prefix` */
export function formatBucketAddress({ bucket, prefix }: BucketAddress): string {
  return `s3://${bucket}/${prefix}`.replace(/\/$/, '');
}

/** @returns undefined if it is no such address */
export function parseBucketAddress(text: string): BucketAddress | undefined {
  const [, bucket, path = ''] =
    /^s3:\/\/([a-z\d][a-z\d.-]{1,61}[a-z\d])((?:\/[\w.-]+)*)\/?$/.exec(text) ?? [];
  // A URL would lose these parts of a path.
  if (bucket === undefined || path.length > MAX_PREFIX || /\/\.{1,2}(?=\/|$)/.test(path)) return undefined;
  return { bucket, prefix: path === '' ? '' : `${path.slice(1)}/` };
}

/** A key has at most 1,024 bytes. */
const MAX_PREFIX = 512;
