/** Query parameters of our own routes. */
import { type ApiError, createBadRequest } from '../lib/api-error.ts';
import type { ServerContext } from './deps.ts';

/** The query parameters of a request. */
export function getQueryParams(c: ServerContext): URLSearchParams {
  return new URL(c.req.url).searchParams;
}

/** Names and their number are limited: they are the caller's. */
const MAX_NOTED_PARAMS = 10;
const MAX_NOTED_LENGTH = 40;

/** One note for each parameter that the route does not have. */
export function noteUnknownParams(params: URLSearchParams, known: readonly string[]): string[] {
  const unknown = [...new Set(params.keys())].filter((name) => !known.includes(name));
  const there = known.length === 0 ? 'there are none' : `there are ${known.join(', ')}`;
  return unknown
    .slice(0, MAX_NOTED_PARAMS)
    .map((name) => `"${name.slice(0, MAX_NOTED_LENGTH)}" is no parameter, and was ignored; ${there}`);
}

/**
 * A whole number.
 * @throws ApiError 400 when it is not one, or out of range
 */
export function readIntegerParam(
  params: URLSearchParams,
  name: string,
  { min, max, fallback }: { min: number; max: number; fallback: number },
): number {
  const text = params.get(name);
  if (text === null || text === '') return fallback;
  const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= min && value <= max))
    throw createBadRequest(`"${name}" must be a whole number from ${min} to ${max}`);
  return value;
}

/** Values of one parameter or member; each becomes a term of an SQL expression, whose size is limited. */
export const MAX_VALUES = 100;

/**
 * The values of a parameter that may be repeated or hold several values separated by commas.
 * @throws ApiError 400 when there are too many
 */
export function readListParam(params: URLSearchParams, name: string): string[] {
  const values = params
    .getAll(name)
    .flatMap((value) => value.split(','))
    .map((value) => value.trim())
    .filter((value) => value !== '');
  if (values.length > MAX_VALUES) throw createTooManyValuesError(name, values.length);
  return values;
}

export function createTooManyValuesError(name: string, count: number): ApiError {
  return createBadRequest(`"${name}" has ${count} values; at most ${MAX_VALUES} are allowed`);
}

/**
 * The values of a parameter, each of which must be one of a list.
 * @throws ApiError 400
 */
export function readChoiceParam<T extends string>(
  params: URLSearchParams,
  name: string,
  allowed: readonly T[],
): T[] {
  return readListParam(params, name).map((value) => {
    const choice = allowed.find((candidate) => candidate === value);
    if (choice === undefined) throw createBadRequest(`"${name}" must be one of ${allowed.join(', ')}`);
    return choice;
  });
}
