/** A queue that serves its callers in turn, so that one with a thousand entries does not delay one with a single entry. */

export interface RoundRobinQueue<Entry> {
  /** Entries of all callers. */
  readonly size: number;
  push(caller: string, entry: Entry): void;
  /**
   * Takes the oldest entry of the caller whose turn it is.
   * @param isBusy callers that are passed over
   */
  take(isBusy?: (caller: string) => boolean): Entry | undefined;
  /** Takes the newest entry of the caller with the most, to make room for others. */
  takeFromLongest(): Entry | undefined;
  /** @returns false if it is not in the queue */
  remove(caller: string, entry: Entry): boolean;
  /** Takes everything. */
  clear(): Entry[];
}

export function createRoundRobinQueue<Entry>(): RoundRobinQueue<Entry> {
  /** Never empty, in the order of turns: a caller that was served goes to the end. */
  const entriesOf = new Map<string, Entry[]>();
  let size = 0;

  const forgetIfEmpty = (caller: string) => {
    if (entriesOf.get(caller)?.length === 0) entriesOf.delete(caller);
  };

  return {
    get size() {
      return size;
    },
    push: (caller, entry) => {
      const entries = entriesOf.get(caller);
      if (entries) entries.push(entry);
      else entriesOf.set(caller, [entry]);
      size += 1;
    },
    take: (isBusy = () => false) => {
      for (const [caller, entries] of entriesOf) {
        if (isBusy(caller)) continue;
        const entry = entries.shift();
        entriesOf.delete(caller);
        if (entries.length > 0) entriesOf.set(caller, entries);
        size -= 1;
        return entry;
      }
      return undefined;
    },
    takeFromLongest: () => {
      let longest: [caller: string, entries: Entry[]] | undefined;
      for (const one of entriesOf) if (!longest || one[1].length >= longest[1].length) longest = one;
      if (!longest) return undefined;
      const entry = longest[1].pop();
      forgetIfEmpty(longest[0]);
      size -= 1;
      return entry;
    },
    remove: (caller, entry) => {
      const entries = entriesOf.get(caller) ?? [];
      const at = entries.indexOf(entry);
      if (at === -1) return false;
      entries.splice(at, 1);
      forgetIfEmpty(caller);
      size -= 1;
      return true;
    },
    clear: () => {
      const all = [...entriesOf.values()].flat();
      entriesOf.clear();
      size = 0;
      return all;
    },
  };
}
