/** What the components of the status page share: the numbers, and in the browser what can be done. */
import { type Signal, signal } from '@preact/signals';
import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { StatusData } from '../../view/status-data.ts';

/** A run that the reader sees going on, or has just seen. */
export type SyncView =
  | { readonly kind: 'idle' }
  /** Undefined: not known. */
  | { readonly kind: 'running'; readonly done: number | undefined; readonly due: number | undefined }
  | { readonly kind: 'ended'; readonly outcome: string; readonly finished: number }
  | { readonly kind: 'failed'; readonly message: string };

export type AddIdsView =
  | { readonly kind: 'closed' }
  | { readonly kind: 'open' }
  | { readonly kind: 'sending' }
  | { readonly kind: 'done'; readonly result: TrackResult }
  | { readonly kind: 'failed'; readonly message: string };

/** `POST /api/tracked`. */
export interface TrackResult {
  readonly added: number;
  readonly revived: number;
  readonly already_tracked: number;
  readonly already_finished: number;
}

export interface StatusState {
  readonly data: Signal<StatusData>;
  readonly sync: Signal<SyncView>;
  readonly addIds: Signal<AddIdsView>;
}

export interface StatusActions {
  sync(): void;
  toggleAddIds(isOpen: boolean): void;
  track(ids: readonly string[]): void;
}

export interface StatusContextValue {
  readonly state: StatusState;
  /** Undefined on the server, and without a script. */
  readonly actions: StatusActions | undefined;
}

const StatusContext = createContext<StatusContextValue | undefined>(undefined);
export const StatusProvider = StatusContext.Provider;

export function useStatus(): StatusContextValue {
  const value = useContext(StatusContext);
  if (!value) throw new Error('a component outside the status page');
  return value;
}

export function createStatusState(data: StatusData): StatusState {
  return {
    data: signal(data),
    sync: signal<SyncView>({ kind: 'idle' }),
    addIds: signal<AddIdsView>({ kind: 'closed' }),
  };
}
