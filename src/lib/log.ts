/** The log: pino, as JSON lines or formatted for a terminal. Tokens are redacted. */
import pino, { type DestinationStream, type Logger } from 'pino';
import pretty from 'pino-pretty';
import { cleanField, cleanLines, escapeControls } from './clean-text.ts';
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
  const isPretty = options.format === 'pretty';
  const target = isPretty
    ? pretty({
        colorize: process.stderr.isTTY,
        ignore: 'pid,hostname',
        destination: destination ?? 2,
        sync: true,
      })
    : (destination ?? pino.destination({ fd: 2, sync: true }));
  const write = (line: string) => target.write(isPretty ? cleanRecord(line) : escapeControls(line));
  return pino({ level: options.level, redact: { paths: REDACTED_PATHS, censor: '[redacted]' } }, { write });
}

/** A log record of which every string is safe to show on a terminal; only stacks have several lines. */
function cleanRecord(line: string): string {
  const clean = (member: string, value: unknown) => {
    if (typeof value !== 'string') return value;
    return member === 'stack' ? cleanLines(value) : cleanField(value);
  };
  return `${JSON.stringify(JSON.parse(line, clean))}\n`;
}
