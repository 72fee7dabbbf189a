/** Ends a test run with one line for each suite that was left out, whole or in part, and why. */
import type { Reporter, TestModule } from 'vitest/node';

export class SkippedReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const lines = modules.flatMap(describeSkipped).sort();
    if (lines.length > 0) process.stdout.write(`${lines.join('\n')}\n\n`);
  }
}

/** One line for each reason. Tests that a filter of the command line skips have none. */
function describeSkipped(module: TestModule): string[] {
  const tests = [...module.children.allTests()];
  const counts = new Map<string, number>();
  for (const test of tests) {
    const result = test.result();
    if (result.state !== 'skipped' || result.note === undefined) continue;
    counts.set(result.note, (counts.get(result.note) ?? 0) + 1);
  }
  return [...counts].map(
    ([reason, count]) =>
      `left out: ${module.relativeModuleId} (${count} of ${tests.length} tests): ${reason}`,
  );
}
