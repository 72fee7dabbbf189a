/** Counts again for readers who come back from the hits: in another tab, or by the Back button, whose page may be an old one. */

export function refreshOnReturn(refresh: () => void): void {
  document.addEventListener('visibilitychange', () => {
    if (!document.hidden) refresh();
  });
  window.addEventListener('pageshow', ({ persisted }) => {
    if (persisted) refresh();
  });
  const [entry] = performance.getEntriesByType('navigation');
  if (entry instanceof PerformanceNavigationTiming && entry.type === 'back_forward') refresh();
}
