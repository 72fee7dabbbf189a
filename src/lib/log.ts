/** The log: pino, as JSON lines or formatted for a terminal. Tokens are redacted. */
import pino, { type DestinationStream, type Logger } from 'pino';
import pretty from 'pino-pretty';
import { cleanLines } from './clean-text.ts';
import type { LogLevel } from './log-level.ts';

export type Log = Logger;

/** Members of logged objects that could hold a token. */
const REDACTED_PATHS = [
  'authorization',
  'token',
  'tokens',
  'upstreamToken',
  'headers.authorization',
  '*.authorization',
  '*.token',
];

/**
 * Creates the log.
 * @param destination standard error by default, because commands print results to standard output
 */
export function createLog(
  options: { level: LogLevel; format: 'pretty' | 'json' },
  destination?: DestinationStream,
): Log {
  const target =
    options.format === 'pretty'
      ? pretty({
          colorize: process.stderr.isTTY,
          ignore: 'pid,hostname',
          destination: destination ?? 2,
          sync: true,
        })
      : (destination ?? pino.destination({ fd: 2, sync: true }));
  return pino(
    {
      level: options.level,
      redact: { paths: REDACTED_PATHS, censor: '[redacted]' },
      // JSON escapes control characters; formatted lines show them as they are.
      ...(options.format === 'pretty'
        ? { formatters: { log: cleanStrings }, serializers: { err: serializeError } }
        : {}),
    },
    target,
  );
}

function cleanStrings(object: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(object).map(([name, value]) => [
      name,
      typeof value === 'string' ? cleanLines(value) : value,
    ]),
  );
}

function serializeError(error: Error): unknown {
  return cleanStrings({ ...pino.stdSerializers.err(error) });
}
