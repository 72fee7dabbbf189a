/** Between signing out and the next page, the mirror would refuse every request of this one. */

interface SignOutHandlers {
  onStart(): void;
  /** The reader has gone back to the page as it was. */
  onReturn(): void;
}

export function watchSignOut({ onStart, onReturn }: SignOutHandlers): void {
  document.addEventListener('submit', ({ target }) => {
    if (target instanceof HTMLFormElement && new URL(target.action).pathname.endsWith('/sign-out')) onStart();
  });
  window.addEventListener('pageshow', ({ persisted }) => {
    if (persisted) onReturn();
  });
}
