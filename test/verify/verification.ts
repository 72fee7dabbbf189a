/** A check of a test mirror, beside its running server, on its manual clock. */
import { createVerifyDeps } from '../../src/app/verify-deps.ts';
import type { Store } from '../../src/store/contract/store.ts';
import { parseDocument } from '../../src/task/document.ts';
import type { TaskId } from '../../src/task/id.ts';
import type { Finding } from '../../src/verify/finding.ts';
import { type VerifyDeps, type VerifyResult, verifyTasks } from '../../src/verify/verify.ts';
import { openTestStore, type TestMirror, UPSTREAM_TOKEN } from '../helpers/test-mirror.ts';

interface Check {
  readonly checksLinks?: boolean;
  /** Ends the check after that many findings. */
  readonly stopAfter?: number;
  readonly linkTimeoutMs?: number;
}

export interface Checked {
  readonly result: VerifyResult;
  readonly findings: readonly Finding[];
  /** When it was told to wait until. */
  readonly waits: readonly number[];
  readonly progress: readonly number[];
}

/** Checks tasks by their ids, which come in pages of 30. */
export async function checkTasks(
  here: TestMirror,
  ids: readonly TaskId[],
  { checksLinks = false, stopAfter, linkTimeoutMs }: Check = {},
): Promise<Checked> {
  const stopping = new AbortController();
  const { deps, close } = createVerifyDeps(here.config, UPSTREAM_TOKEN, await openReader(here), {
    ...{ clock: here.clock, signal: stopping.signal, random: () => 0.5 },
  });
  const [findings, waits, progress]: [Finding[], number[], number[]] = [[], [], []];
  const limited: VerifyDeps = { ...deps, linkTimeoutMs };
  const result = await verifyTasks(limited, {
    ids: splitIntoPages(ids, 30),
    checksLinks,
    signal: stopping.signal,
    onFinding: (finding) => {
      findings.push(finding);
      if (findings.length === stopAfter) stopping.abort();
    },
    onProgress: (done) => progress.push(done),
    onWait: (untilMs) => waits.push(untilMs),
  });
  close();
  return { result, findings, waits, progress };
}

async function openReader({ config, clock }: TestMirror): Promise<Store> {
  return openTestStore(config.dataDir, clock, 'reader');
}

async function* splitIntoPages(ids: readonly TaskId[], size: number): AsyncGenerator<TaskId[]> {
  for (let at = 0; at < ids.length; at += size) yield ids.slice(at, at + size);
}

/** Stores documents as if the upstream had sent them. */
export async function storeTexts(
  { store, simulator, clock }: TestMirror,
  texts: readonly string[],
): Promise<void> {
  simulator.seed(texts);
  await store.storeDocuments({
    documents: texts.map((text) => parseDocument(text, clock.now())),
    requestSeq: await store.nextRequestSeq(),
    fetchedAtMs: clock.now(),
  });
}
