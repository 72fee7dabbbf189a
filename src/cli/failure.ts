/** From an error to one line and an exit code. */
import { CommanderError } from 'commander';
import { BadSetting } from '../config/config.ts';
import { getErrorCode } from '../lib/errno.ts';
import { OperatorError } from '../lib/operator-error.ts';
import { StoreError } from '../store/contract/errors.ts';

export const EXIT = { done: 0, failed: 1, usage: 2 } as const;

/** A command can't do what it was asked; the message is for the person who asked. */
export class CommandFailed extends OperatorError {
  override readonly name = 'CommandFailed';
  constructor(
    message: string,
    readonly exitCode: number = EXIT.failed,
  ) {
    super(message);
  }
}

/** Prints what went wrong, in one line where it was to be expected. @returns the exit code */
export function reportFailure(error: unknown): number {
  // Commander has printed its own message already; only help and version are no mistake.
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage;
  if (error instanceof OperatorError || error instanceof BadSetting) {
    process.stderr.write(`flux-mirror: ${error.message}\n`);
    if (error instanceof BadSetting) return EXIT.usage;
    return error instanceof CommandFailed ? error.exitCode : EXIT.failed;
  }
  const system = error instanceof StoreError ? storeMessage(error) : describeSystemError(error);
  if (system !== undefined) process.stderr.write(`flux-mirror: ${system}\n`);
  else process.stderr.write(`flux-mirror: this is a bug, please report it\n${getStack(error)}\n`);
  return EXIT.failed;
}

const MAY_YOU_WRITE = 'may you write to FLUX_MIRROR_DATA_DIR (--data-dir)? Reading needs it as well';
const FREE_SPACE = 'free some space and do it again; what was stored before stays';

/** What the store said, and what helps. */
function storeMessage({ code, message }: StoreError): string {
  if (code === 'read-only') return `${message}: ${MAY_YOU_WRITE}`;
  if (code === 'full') return `${message}: ${FREE_SPACE}`;
  if (code === 'unreachable')
    return `${message}: the disk of FLUX_MIRROR_DATA_DIR (--data-dir) fails, or has not even 32 KiB left`;
  if (code === 'damaged')
    return `mirror.db is damaged (${message}): \`flux-mirror doctor\` tells more, and \`restore\` or \`doctor --rebuild\` help`;
  return message;
}

/** What the operating system said, where a person can do something about it. */
function describeSystemError(error: unknown): string | undefined {
  const code = getErrorCode(error);
  if (!(error instanceof Error) || code === undefined) return undefined;
  const { message } = error;
  if (code === 'EADDRINUSE') return `${message}: another program listens there; choose another --port`;
  // What making a folder on a read-only disk comes to.
  const isMkdir = 'syscall' in error && error.syscall === 'mkdir';
  if (code === 'EACCES' || code === 'EROFS' || isMkdir) return `${message}: ${MAY_YOU_WRITE}`;
  if (code === 'ENOSPC') return `${message}: ${FREE_SPACE}`;
  return /^E[A-Z]+$/.test(code) ? message : undefined;
}

function getStack(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
