/** One task over the whole window: the picture, and beside it everything that is known. Without a script it is the page. */
import { useLayoutEffect, useRef } from 'preact/hooks';
import { type OpenTask, useApp } from './app.ts';
import { ToastLine } from './SelectionBar.tsx';
import { TaskPanel } from './TaskPanel.tsx';
import { TaskStage } from './TaskStage.tsx';
import { LaterTrouble } from './TroubleLine.tsx';
import { ViewLink } from './ViewLink.tsx';

export function TaskDialog() {
  const { state } = useApp();
  const task = state.task.value;
  return task ? <TaskView task={task} /> : null;
}

function TaskView({ task }: { task: OpenTask }) {
  const { t, state, actions } = useApp();
  const dialog = useRef<HTMLDialogElement>(null);
  // The server renders it open, which is not modal: without a script it is the page.
  useLayoutEffect(() => {
    dialog.current?.close();
    dialog.current?.showModal();
    // What has the focus must stay while the task's details are loaded.
    dialog.current?.focus();
  }, []);
  const { details } = task;
  const view = state.view.value;
  return (
    <dialog
      ref={dialog}
      open
      tabIndex={-1}
      class="task"
      id="task"
      aria-label={t.task}
      onCancel={(event) => {
        event.preventDefault();
        actions?.closeTask();
      }}
    >
      {/* A dialog itself can't fill the screen. */}
      <div class="task-content" id="task-content">
        {details === 'loading' && task.preview ? (
          <>
            <TaskStage task={task} details={undefined} />
            <aside class="panel" id="task-panel" aria-label={t.panel} aria-busy="true">
              <p class="muted">{t.loading}…</p>
            </aside>
          </>
        ) : typeof details === 'string' ? (
          <div class="task-message">
            <p>{{ loading: `${t.loading}…`, missing: t.taskNotFound, failed: t.failedToLoad }[details]}</p>
            <ViewLink view={{ ...view, task: '' }} class="button">
              {t.back}
            </ViewLink>
          </div>
        ) : (
          <>
            <TaskStage task={task} details={details} />
            <TaskPanel task={task} details={details} />
          </>
        )}
        {/* Below an open dialog nothing is seen. */}
        <div class="floating-stack">
          <LaterTrouble />
          <ToastLine />
        </div>
      </div>
    </dialog>
  );
}
