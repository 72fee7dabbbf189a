/** What a response that is no success means, as far as the operator can do something about it. */
import type { IncomingMessage } from 'node:http';
import type { ObjectStoreSettings } from '../config/object-store.ts';
import { describeReason, hasErrorCode } from '../lib/errno.ts';
import { ObjectStoreError } from './errors.ts';
import { readErrorBody } from './xml.ts';

type Named = Pick<ObjectStoreSettings, 'address' | 'endpoint' | 'region'>;

/** It is overloaded, or being restarted: the same request may succeed soon. */
const TEMPORARY = new Set([408, 425, 429, 500, 502, 503, 504]);

/** What can be wrong with the settings, by the code of S3. */
const REFUSALS: Readonly<Record<string, string>> = {
  NoSuchBucket: 'there is no such bucket',
  InvalidBucketName: 'there can be no bucket of this name',
  AccessDenied: 'access denied: the key needs GetObject, PutObject, DeleteObject and ListBucket there',
  AllAccessDisabled: 'access is disabled there',
  InvalidAccessKeyId: 'AWS_ACCESS_KEY_ID is not known there',
  SignatureDoesNotMatch: 'AWS_SECRET_ACCESS_KEY does not belong to AWS_ACCESS_KEY_ID',
  ExpiredToken: 'AWS_SESSION_TOKEN has expired',
  InvalidToken: 'AWS_SESSION_TOKEN is not valid',
  RequestTimeTooSkewed: 'the clock of this machine is wrong by more than 15 minutes',
  QuotaExceeded: 'its quota is used up',
  XMinioStorageFull: 'it is full',
};

/** The codes that mean that the bucket is elsewhere. */
const ELSEWHERE = new Set([
  'PermanentRedirect',
  'TemporaryRedirect',
  'AuthorizationHeaderMalformed',
  'IllegalLocationConstraintException',
]);

/** Reads an answer that is no success to its end. @returns `no-object`, or why it is none */
export async function explainResponse(
  settings: Named,
  response: IncomingMessage,
): Promise<'no-object' | ObjectStoreError> {
  const { statusCode: status = 0 } = response;
  const { code, region } = await readErrorBody(response);
  const { address } = settings;
  if (status === 404 && (code === 'NoSuchKey' || code === 'NoSuchVersion')) return 'no-object';
  if (TEMPORARY.has(status) || code === 'RequestTimeout')
    return new ObjectStoreError('unreachable', `${address} does not answer now (${code ?? status})`);
  const other = region ?? readHeader(response, 'x-amz-bucket-region');
  if (ELSEWHERE.has(code ?? '') || (status === 301 && other !== undefined))
    return new ObjectStoreError(
      'refused',
      `${address} is in ${describeRegion(other)}, not in ${settings.region}: set AWS_REGION`,
    );
  const refusal = REFUSALS[code ?? ''];
  if (refusal !== undefined) return new ObjectStoreError('refused', `${address}: ${refusal}`);
  if (status === 401 || status === 403)
    return new ObjectStoreError('refused', `${address}: access denied (${code ?? status})`);
  return code === undefined
    ? createInvalidAnswer(settings, `status ${status}`)
    : new ObjectStoreError('refused', `${address} answered ${status} ${code}`);
}

/** For an error of the network. */
export function explainFailure(settings: Named, error: unknown): ObjectStoreError {
  if (error instanceof ObjectStoreError) return error;
  const { address, endpoint } = settings;
  const reason =
    hasErrorCode(error, 'ABORT_ERR') || isTimeout(error) ? 'it took too long' : describeReason(error);
  const at = endpoint === undefined ? '' : ` at ${new URL(endpoint).origin}`;
  return new ObjectStoreError('unreachable', `${address} does not answer${at}: ${reason}`, { cause: error });
}

/** @param what is wrong with the answer */
export function createInvalidAnswer({ address, endpoint }: Named, what: string): ObjectStoreError {
  const at = endpoint === undefined ? '' : ` at ${new URL(endpoint).origin}`;
  return new ObjectStoreError('invalid', `what answers for ${address}${at} is no object store (${what})`);
}

function isTimeout(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'TimeoutError';
}

function describeRegion(region: string | undefined): string {
  return region !== undefined && /^[a-z\d-]{1,40}$/.test(region) ? `the region ${region}` : 'another region';
}

/** A header that can occur once. */
export function readHeader({ headers }: IncomingMessage, name: string): string | undefined {
  const value = headers[name];
  return typeof value === 'string' ? value : undefined;
}
