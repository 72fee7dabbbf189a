/** One decoding process as seen from its parent: started on demand, killed when a job takes too long. */
import type { ChildProcess } from 'node:child_process';
import { startProcess } from '../../lib/worker.ts';
import { ImageFailure } from '../failure.ts';
import type { DecodeJobs, DecodeName, DecodeReply, DecodeRequest } from './jobs.ts';

export interface DecodeProcess {
  /** One job at a time. @throws ImageFailure; the system's error */
  run(request: DecodeRequest): Promise<DecodeJobs[DecodeName]['result']>;
  /** Kills it. The next job starts another one. */
  kill(reason: Error): void;
}

/** It takes 70 MB of memory, and a tenth of a second to start. */
const IDLE_TIMEOUT_MS = 15_000;
const START_TIMEOUT_MS = 60_000;

interface CurrentJob {
  readonly request: DecodeRequest;
  resolve(result: DecodeJobs[DecodeName]['result']): void;
  reject(reason: Error): void;
}

/** @param module entry file @param timeoutMs for one job */
export function createDecodeProcess(module: URL, timeoutMs: number): DecodeProcess {
  let child: ChildProcess | undefined;
  let isReady = false;
  let current: CurrentJob | undefined;
  let timer: NodeJS.Timeout | undefined;

  const endJob = (): CurrentJob | undefined => {
    const job = current;
    current = undefined;
    clearTimeout(timer);
    return job;
  };
  const kill = (reason: Error): void => {
    const job = endJob();
    const killed = child;
    child = undefined;
    isReady = false;
    killed?.kill('SIGKILL');
    job?.reject(reason);
  };
  const startTimer = (ms: number, createReason: () => Error) => {
    clearTimeout(timer);
    timer = setTimeout(() => kill(createReason()), ms);
  };
  const send = (job: CurrentJob) => {
    startTimer(timeoutMs, () => new ImageFailure('took too long to decode'));
    child?.send(job.request, (error) => {
      if (error) kill(error);
    });
  };
  const receive = (reply: DecodeReply): void => {
    if (reply === 'ready') {
      isReady = true;
      if (current) send(current);
      return;
    }
    const job = endJob();
    setReferenced(child, false);
    startTimer(IDLE_TIMEOUT_MS, () => new Error('idle'));
    timer?.unref();
    if (!job) return;
    if ('result' in reply) job.resolve(reply.result);
    else if ('failure' in reply) job.reject(new ImageFailure(reply.failure));
    else job.reject(Object.assign(new Error(reply.error.message), { code: reply.error.code }));
  };
  const start = (): ChildProcess => {
    const started = startProcess(module);
    const fail = (reason: Error) => {
      if (child === started) kill(reason);
    };
    started.on('message', (reply: DecodeReply) => {
      if (child === started) receive(reply);
    });
    started.on('error', fail);
    started.on('exit', (code, signal) =>
      fail(
        isReady
          ? new ImageFailure('its decoder crashed')
          : new Error(`the decoding process did not start (${signal ?? `exit code ${code}`})`),
      ),
    );
    return started;
  };

  return {
    kill,
    run: (request) =>
      new Promise((resolve, reject) => {
        const job = { request, resolve, reject };
        current = job;
        child ??= start();
        setReferenced(child, true);
        if (isReady) send(job);
        else startTimer(START_TIMEOUT_MS, () => new Error('the decoding process did not start in time'));
      }),
  };
}

/** Whether it keeps this process from ending. */
function setReferenced(child: ChildProcess | undefined, isReferenced: boolean): void {
  if (isReferenced) {
    child?.ref();
    child?.channel?.ref();
  } else {
    child?.unref();
    child?.channel?.unref();
  }
}
