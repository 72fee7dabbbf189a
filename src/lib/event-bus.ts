/** Tells several listeners of events, at once and in order. */

export interface EventBus<Event> {
  /** Calls every listener. None may throw: what has happened can't be undone. */
  emit(event: Event): void;
  /** @returns a function that ends the subscription */
  subscribe(listener: (event: Event) => void): () => void;
}

export function createEventBus<Event>(): EventBus<Event> {
  const listeners = new Set<(event: Event) => void>();
  return {
    emit: (event) => {
      for (const listener of listeners) listener(event);
    },
    subscribe: (listener) => {
      const own = (event: Event) => listener(event); // the same function may listen twice
      listeners.add(own);
      return () => void listeners.delete(own);
    },
  };
}
