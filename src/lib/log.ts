/** The log: pino, as JSON lines or made readable for a terminal. Tokens never reach it. */
import pino, { type DestinationStream, type Logger } from 'pino';
import pretty from 'pino-pretty';
import type { LogLevel } from './log-level.ts';

export type Log = Logger;

/** Members that could hold a token, wherever an object is logged. */
const SECRET = [
  'authorization',
  'token',
  'tokens',
  'upstreamToken',
  'headers.authorization',
  '*.authorization',
  '*.token',
];

/**
 * Makes the log.
 * @param destination where lines go; standard error when left out, because commands print results to standard output
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
  return pino({ level: options.level, redact: { paths: SECRET, censor: '[redacted]' } }, target);
}
