/** What can be done with the selected tasks, and what has just been done. */
import { useApp } from './app.ts';
import { Icon } from './Icon.tsx';
import { Popover } from './Popover.tsx';
import { ToastView } from './Toast.tsx';

export function SelectionBar() {
  const { t, f, state, actions, rights } = useApp();
  const count = state.selectedCount.value;
  if (count === 0) return null;
  const MarkButtons = state.markControls.value?.MarkButtons;
  const controls = state.collectionControls.value;
  const total = state.total.value;
  const canSelectAll = total !== undefined && !state.selection.value.isSearch && count < total.count;
  return (
    <div class="floating selection" role="toolbar" aria-label={t.selected(f.number(count))}>
      <strong>{t.selected(f.number(count))}</strong>
      {canSelectAll && (
        <button type="button" class="button" onClick={() => actions?.selectAll()}>
          {t.selectAll(total.isExact ? f.number(total.count) : '')}
        </button>
      )}
      <button type="button" class="button" title={t.zipHint('')} onClick={() => actions?.download('zip')}>
        <Icon name="file-archive" size={16} />
        {t.downloadZip}
      </button>
      <Popover
        name="export"
        class="button"
        title={t.export}
        label={
          <>
            <Icon name="file-braces" size={16} />
            {t.export}
          </>
        }
      >
        {() => (
          <div class="menu">
            {(['jsonl', 'csv'] as const).map((as) => (
              <button key={as} type="button" onClick={() => actions?.download(as)}>
                {t.exportAs[as]}
              </button>
            ))}
          </div>
        )}
      </Popover>
      {rights.mayChange && controls && <controls.SelectionCollector controls={controls} />}
      {rights.mayChange && MarkButtons && <MarkButtons />}
      {rights.mayChange && rights.seesAll && (
        <button type="button" class="button is-bad" title={t.forgetHint} onClick={() => actions?.forget()}>
          <Icon name="trash" size={16} />
          {t.forget}
        </button>
      )}
      <button
        type="button"
        class="icon-button"
        aria-label={t.clearSelection}
        onClick={() => actions?.clearSelection()}
      >
        <Icon name="x" />
      </button>
    </div>
  );
}

export function ToastLine() {
  const { state } = useApp();
  return <ToastView toast={state.toast.value} />;
}
