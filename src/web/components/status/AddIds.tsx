/** Tracks the ids in any text that is pasted. */
import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { findPastedIds } from '../../view/pasted-ids.ts';
import { Icon } from '../Icon.tsx';
import { type Shell, useShell } from '../shell.ts';
import { type AddIdsView, type TrackResult, useStatus } from './state.ts';

export function AddIds() {
  const { state } = useStatus();
  const view = state.addIds.value;
  return view.kind === 'closed' ? null : <AddIdsDialog view={view} />;
}

function AddIdsDialog({ view }: { view: Exclude<AddIdsView, { kind: 'closed' }> }) {
  const { t, f } = useShell();
  const { actions } = useStatus();
  const p = t.statusPage;
  const text = useSignal('');
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  const ids = findPastedIds(text.value);
  const canSend = ids.length > 0 && view.kind !== 'sending';
  return (
    <dialog
      ref={dialog}
      class="sheet add-ids"
      aria-labelledby="add-ids-title"
      onClose={() => actions?.toggleAddIds(false)}
    >
      <header>
        <h2 id="add-ids-title">{p.addIds}</h2>
        <button
          type="button"
          class="icon-button"
          aria-label={t.close}
          onClick={() => dialog.current?.close()}
        >
          <Icon name="x" />
        </button>
      </header>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (canSend) actions?.track(ids);
        }}
      >
        <p class="muted" id="add-ids-hint">
          {p.addIdsHint}
        </p>
        <textarea
          rows={8}
          value={text.value}
          aria-label={p.pasteHere}
          aria-describedby="add-ids-hint"
          autocomplete="off"
          spellcheck={false}
          onInput={(event) => {
            text.value = event.currentTarget.value;
          }}
        />
        <div class="add-ids-end">
          <p role="status">{describeView(view, ids.length, t, f)}</p>
          <button type="submit" class="button is-primary" aria-disabled={!canSend}>
            {p.trackIds(ids.length, f.number(ids.length))}
          </button>
        </div>
      </form>
    </dialog>
  );
}

function describeView(
  view: Exclude<AddIdsView, { kind: 'closed' }>,
  found: number,
  t: Shell['t'],
  f: Shell['f'],
): string {
  if (view.kind === 'done') return describeResult(view.result, t, f);
  if (view.kind === 'failed') return t.statusPage.idsFailed(view.message);
  if (view.kind === 'sending') return t.loading;
  return t.statusPage.idsFound(found, f.number(found));
}

function describeResult(result: TrackResult, { statusPage: p }: Shell['t'], f: Shell['f']): string {
  const parts = [
    p.idsAdded(f.number(result.added)),
    ...(result.revived > 0 ? [p.idsRevived(f.number(result.revived))] : []),
    ...(result.already_tracked > 0 ? [p.idsTracked(f.number(result.already_tracked))] : []),
    ...(result.already_finished > 0 ? [p.idsFinished(f.number(result.already_finished))] : []),
  ];
  return parts.join(' · ');
}
