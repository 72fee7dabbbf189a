/** strace, by which tests count system calls and make them fail; it comes with Linux alone. */
import { spawnSync } from 'node:child_process';
import type { TestContext } from 'vitest';

const hasStrace = spawnSync('strace', ['-V']).status === 0;

/** Skips the test where there is none. */
export function needStrace({ skip }: Pick<TestContext, 'skip'>): void {
  skip(!hasStrace, 'strace is not installed; it comes with Linux alone');
}
