/** For comboboxes: what is offered below the text, and which of it is chosen by the arrow keys. */
import { useSignal } from '@preact/signals';
import { useRef } from 'preact/hooks';

export interface Listbox<T> {
  readonly options: readonly T[];
  /** Where `chosen` is among the options; -1: nothing is chosen. */
  readonly chosenAt: number;
  /** As of now, also between two renderings. */
  readonly chosen: T | undefined;
  readonly isOpen: boolean;
  /** Offers what `find` answers for a new text, which nothing was chosen for yet. What an earlier one answers is dropped. */
  load(find: (signal: AbortSignal) => Promise<readonly T[]>): void;
  /**
   * Chooses the next option, or the one before; the text itself is one of the round. From then on the options stay as they are:
   * what somebody sees and chooses is what is taken, although an answer to the last letters was still to come.
   */
  move(step: 1 | -1): void;
  /** Also while an answer is to come, which would open it again. */
  close(): void;
}

export function useListbox<T>(): Listbox<T> {
  const options = useSignal<readonly T[]>([]);
  const chosenAt = useSignal(-1);
  const loading = useRef<AbortController>(undefined);
  return {
    options: options.value,
    chosenAt: chosenAt.value,
    get chosen() {
      return options.peek()[chosenAt.peek()];
    },
    get isOpen() {
      return options.peek().length > 0;
    },
    load: (find) => {
      loading.current?.abort();
      chosenAt.value = -1;
      const abort = new AbortController();
      loading.current = abort;
      void find(abort.signal).then((found) => {
        if (!abort.signal.aborted) options.value = found;
      });
    },
    move: (step) => {
      loading.current?.abort();
      const places = options.peek().length + 1;
      chosenAt.value = ((chosenAt.peek() + 1 + step + places) % places) - 1;
    },
    close: () => {
      loading.current?.abort();
      options.value = [];
      chosenAt.value = -1;
    },
  };
}
