/**
 * Process that decodes images: a decoder that takes too long or too much memory, or crashes, ends alone, and it does not use the
 * threads that the server reads files and looks up names with. See archive/decoding/decoder.ts.
 */
import { constants, setPriority } from 'node:os';
import { type DecodeReply, type DecodeRequest, runDecodeJob } from '../archive/decoding/jobs.ts';

// Callers take precedence over images.
setPriority(constants.priority.PRIORITY_BELOW_NORMAL);

const reply = (message: DecodeReply) => process.send?.(message);
process.on('message', async (request: DecodeRequest) => reply(await runDecodeJob(request)));
// A regular exit would wait for the decoder.
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));
// A terminal sends these to all its processes; the server decides when this one ends.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);
reply('ready');
