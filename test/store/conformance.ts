/** What every store must do, whatever stands behind it: the contract and nothing else. */
import { describe } from 'vitest';
import type { MaybePromise } from '../../src/store/contract/maybe-promise.ts';
import type { Store } from '../../src/store/contract/store.ts';
import { describeAccess } from './conformance-access.ts';
import { describeActivity } from './conformance-activity.ts';
import { describeCallbacks } from './conformance-callbacks.ts';
import { describeCircuit } from './conformance-circuit.ts';
import { describeCollectionImports } from './conformance-collection-imports.ts';
import { describeCollections } from './conformance-collections.ts';
import { describeDocuments, describeHistory } from './conformance-documents.ts';
import { describeFetching } from './conformance-fetching.ts';
import { describeImages } from './conformance-images.ts';
import { describeMarkSearch } from './conformance-mark-search.ts';
import { describeMarks } from './conformance-marks.ts';
import { describeNearPrompts } from './conformance-near.ts';
import { describeChanges, describeProcesses } from './conformance-processes.ts';
import { describeRanking } from './conformance-ranking.ts';
import { describeSavedSearches } from './conformance-saved.ts';
import { describeFinding, describeSearch } from './conformance-search.ts';
import { describeRuns, describeTracking } from './conformance-tracking.ts';
import { describeTurns } from './conformance-turns.ts';
import { describeUnusedImages } from './conformance-unused.ts';
import { describeWall } from './conformance-wall.ts';
import { describeWebhooks } from './conformance-webhooks.ts';

/**
 * Opens a mirror as the process that serves it, or as a command beside it. The store is closed after the test.
 * A second server may take the place of one that is closed.
 */
export type OpenMirror = (as: 'server' | 'command') => MaybePromise<Store>;

/** Runs the suite. @param createMirror gives a mirror of its own, which is empty */
export function describeStore(name: string, createMirror: () => OpenMirror): void {
  const open = () => createMirror()('server');
  describe(name, () => {
    describeDocuments(open);
    describeHistory(open);
    describeImages(open);
    describeTracking(open);
    describeRuns(open);
    describeProcesses(createMirror);
    describeFetching(open);
    describeTurns(open);
    describeChanges(open);
    describeAccess(open);
    describeCircuit(open);
    describeSearch(open);
    describeFinding(open);
    describeNearPrompts(open);
    describeRanking(open);
    describeWall(open);
    describeActivity(open);
    describeMarks(open);
    describeMarkSearch(open);
    describeCollections(open);
    describeSavedSearches(open);
    describeCallbacks(open);
    describeWebhooks(open);
    describeUnusedImages(open);
    describeCollectionImports(open);
  });
}
