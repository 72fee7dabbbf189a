/** The settings of images in an object store. Those of Amazon's own clients keep their names. */
import type { Setting } from './setting.ts';
import { bucketAddress, encryption, makeOptional, regionName, token, upstreamUrl } from './value-schemas.ts';

export const IMAGE_STORE_SETTINGS = {
  imageStore: {
    env: 'FLUX_MIRROR_IMAGE_STORE',
    ...makeOptional(bucketAddress),
    default: undefined,
    scope: 'common',
    describe: 'a bucket that images are kept in, s3://bucket/prefix, in place of the data directory',
  },
  imageStoreEncryption: {
    env: 'FLUX_MIRROR_IMAGE_STORE_ENCRYPTION',
    ...makeOptional(encryption),
    default: undefined,
    scope: 'common',
    describe: "how the object store encrypts images, if not by the bucket's own rule",
  },
  awsAccessKeyId: {
    env: 'AWS_ACCESS_KEY_ID',
    hasFile: true,
    ...makeOptional(token),
    default: undefined,
    scope: 'common',
    describe: 'key for the object store',
    secret: true,
  },
  awsSecretAccessKey: {
    env: 'AWS_SECRET_ACCESS_KEY',
    hasFile: true,
    ...makeOptional(token),
    default: undefined,
    scope: 'common',
    describe: 'its secret',
    secret: true,
  },
  awsSessionToken: {
    env: 'AWS_SESSION_TOKEN',
    hasFile: true,
    ...makeOptional(token),
    default: undefined,
    scope: 'common',
    describe: 'its session token, if it is a temporary key',
    secret: true,
  },
  awsRegion: {
    env: 'AWS_REGION',
    ...makeOptional(regionName),
    default: undefined,
    scope: 'common',
    describe: 'region of the bucket, else us-east-1',
  },
  awsEndpointUrl: {
    env: 'AWS_ENDPOINT_URL',
    ...makeOptional(upstreamUrl),
    default: undefined,
    scope: 'common',
    describe: "address of an object store that is not Amazon's; it may be private",
  },
  awsS3EndpointUrl: {
    env: 'AWS_ENDPOINT_URL_S3',
    ...makeOptional(upstreamUrl),
    default: undefined,
    scope: 'common',
    describe: 'the same; it counts before AWS_ENDPOINT_URL',
  },
} as const satisfies Record<string, Setting>;
