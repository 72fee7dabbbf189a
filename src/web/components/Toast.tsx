/** What has just been done, and how it is undone. */
import type { Toast } from './app.ts';

export function ToastView({ toast }: { toast: Toast | undefined }) {
  if (!toast) return null;
  return (
    <div class="floating toast" role="status">
      <span>{toast.text}</span>
      {toast.progress !== undefined && <progress value={toast.progress} />}
      {toast.action && (
        <button type="button" class="button" onClick={toast.action.run}>
          {toast.action.label}
        </button>
      )}
    </div>
  );
}
