/** `flux-mirror demo`. */
import { Command } from 'commander';

export function createDemoCommand(): Command {
  const command = new Command('demo')
    .summary('try it: a simulated upstream, and a mirror of it')
    .description(
      'Starts a simulated upstream on loopback with sample tasks, and a mirror of it in a temporary directory. Nothing is sent anywhere else.',
    )
    .option(
      '--port <value>',
      'port of the mirror; 0 picks a free one (default 8787, or a free one when that is taken)',
    )
    .option('--log-level <value>', 'keeps logging after the first sync (default: only warnings)');
  return command.action(async ({ port, logLevel }: { port?: string; logLevel?: string }) => {
    const { runDemo } = await import('./run-demo.ts');
    await runDemo({ port, logLevel });
  });
}
