/** Addresses of objects: virtual-hosted at Amazon, path-style everywhere else. */
import type { ObjectStoreSettings } from '../config/object-store.ts';

/**
 * @param key of an object, without the prefix of the setting; empty for the bucket
 * @param query parameters by name
 */
export function buildObjectUrl(
  settings: Pick<ObjectStoreSettings, 'bucket' | 'prefix' | 'endpoint' | 'region'>,
  key: string,
  query: Readonly<Record<string, string>> = {},
): URL {
  const { bucket, prefix, endpoint, region } = settings;
  const path = key === '' ? '' : `${prefix}${key}`;
  const url = endpoint
    ? new URL(`${endpoint.replace(/\/+$/, '')}/${bucket}/${path}`)
    : new URL(`https://${formatHost(bucket, region)}/${path}`);
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  return url;
}

/** A certificate for `*.s3.….amazonaws.com` is not valid for names with further dots. */
function formatHost(bucket: string, region: string): string {
  const host = `s3.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}`;
  return bucket.includes('.') ? `${host}/${bucket}` : `${bucket}.${host}`;
}
