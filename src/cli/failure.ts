/** Turns an error into one line and an exit code. */
import { CommanderError } from 'commander';
import { BadSetting } from '../config/bad-setting.ts';
import { describeErrorCode, getErrorCode } from '../lib/errno.ts';
import { OperatorError } from '../lib/operator-error.ts';
import { StoreError } from '../store/contract/errors.ts';
import { printNote } from './output.ts';

export const EXIT = { done: 0, failed: 1, usage: 2 } as const;

/** A command can't do what was asked; the message is for the person who ran it. */
export class CommandFailed extends OperatorError {
  override readonly name = 'CommandFailed';
  constructor(
    message: string,
    readonly exitCode: number = EXIT.failed,
  ) {
    super(message);
  }
}

/** Prints what went wrong: one line for an expected error, the stack for a bug. @returns the exit code */
export function reportFailure(error: unknown): number {
  // Commander has already printed its message; only help and version are not usage errors.
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage;
  if (error instanceof OperatorError || error instanceof BadSetting) {
    printNote(`flux-mirror: ${error.message}`);
    if (error instanceof BadSetting) return EXIT.usage;
    return error instanceof CommandFailed ? error.exitCode : EXIT.failed;
  }
  const system = error instanceof StoreError ? describeStoreError(error) : describeSystemError(error);
  if (system !== undefined) printNote(`flux-mirror: ${system}`);
  else printNote(`flux-mirror: this is a bug, please report it\n${getStack(error)}`);
  return EXIT.failed;
}

const CHECK_PERMISSIONS = 'may you write to FLUX_MIRROR_DATA_DIR (--data-dir)? Reading needs it as well';
const FREE_SPACE = 'free some space and try again; what was stored before is kept';

/** The store's message, and what helps. */
function describeStoreError({ code, message, advice }: StoreError): string {
  if (advice !== undefined) return `${message}: ${advice}`;
  if (code === 'read-only') return `${message}: ${CHECK_PERMISSIONS}`;
  if (code === 'full') return `${message}: ${FREE_SPACE}`;
  if (code === 'unreachable')
    return `${message}: the disk of FLUX_MIRROR_DATA_DIR (--data-dir) fails, or has less than 32 KiB left`;
  if (code === 'damaged')
    return `mirror.db is damaged (${message}): \`flux-mirror doctor\` tells more, and \`restore\` or \`doctor --rebuild\` help`;
  if (code === 'busy')
    return `${message}: another process has been writing to FLUX_MIRROR_DATA_DIR (--data-dir) for too long; try again when it has ended`;
  return message;
}

/** The operating system's message, if the operator can do something about it. */
function describeSystemError(error: unknown): string | undefined {
  const code = getErrorCode(error);
  if (!(error instanceof Error) || code === undefined) return undefined;
  const message = describeInWords(error, code);
  if (code === 'EADDRINUSE') return `${message}: another program listens there; choose another --port`;
  // On a read-only disk, creating a folder fails with other codes as well.
  const isMkdir = 'syscall' in error && error.syscall === 'mkdir';
  if (code === 'EEXIST' && isMkdir) return `${message}, and is no folder`;
  if (code === 'EACCES' || code === 'EROFS' || isMkdir)
    return `${message}; may you write there? If it is the data directory, FLUX_MIRROR_DATA_DIR (--data-dir) names another`;
  if (code === 'ENOSPC') return `${message}: ${FREE_SPACE}`;
  return /^E[A-Z]+$/.test(code) ? message : undefined;
}

/** What could not be used, and why, without the words of the system. */
function describeInWords(error: Error, code: string): string {
  const { path, address, port, hostname } = error as NodeJS.ErrnoException & {
    readonly address?: string;
    readonly port?: number;
    readonly hostname?: string;
  };
  const listener = address === undefined || port === undefined ? address : `${address}:${port}`;
  const subject = path ?? hostname ?? listener;
  const reason = describeErrorCode(code);
  return subject === undefined ? reason : `${subject}: ${reason}`;
}

function getStack(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
