/** The large picture of the open task: zoom, full screen, swipes. */
import { effect } from '@preact/signals';
import type { Actions } from '../components/actions.ts';
import type { AppState } from '../components/app.ts';
import type { Zoom } from './zoom.ts';

/** Pixels; less is a tap. */
const SWIPE_DISTANCE = 60;

export interface StageController {
  toggleZoom(): void;
  isZoomed(): boolean;
  pan(x: number, y: number): void;
  toggleFullScreen(): void;
}

export function createStage(
  state: AppState,
  actions: Pick<Actions, 'moveTask' | 'closeTask'>,
): StageController {
  let zoom: Zoom | undefined;
  let zoomed: HTMLElement | undefined;

  /** Attaches to the picture that is shown now. */
  const attach = async () => {
    const picture = document.querySelector<HTMLElement>('#stage-picture .large-picture');
    if (picture === (zoomed ?? null)) return;
    zoom?.destroy();
    zoom = undefined;
    zoomed = picture ?? undefined;
    if (!picture) return;
    const { createZoom } = await import('./zoom.ts');
    // The task may have been closed meanwhile.
    if (zoomed === picture && picture.isConnected) zoom = createZoom(picture);
  };
  const observer = new MutationObserver(() => void attach());
  effect(() => {
    observer.disconnect();
    if (!state.task.value) return;
    observer.observe(document.body, { childList: true, subtree: true });
    void attach();
  });

  const toggleFullScreen = () => {
    if (document.fullscreenElement) void document.exitFullscreen();
    // Browsers may refuse it; then nothing changes.
    else
      document
        .getElementById('task-content')
        ?.requestFullscreen?.()
        .catch(() => undefined);
  };

  document.addEventListener('click', (event) => {
    const action =
      event.target instanceof Element ? event.target.closest<HTMLElement>('[data-key-action]') : undefined;
    if (action?.dataset.keyAction === 'zoom') zoom?.toggle();
    if (action?.dataset.keyAction === 'full-screen') toggleFullScreen();
  });
  watchSwipes(() => zoom?.isZoomed ?? false, actions);

  return {
    toggleZoom: () => zoom?.toggle(),
    isZoomed: () => zoom?.isZoomed ?? false,
    pan: (x, y) => zoom?.pan(x, y),
    toggleFullScreen,
  };
}

/** To the sides: the neighbours; down: closes. */
function watchSwipes(isZoomed: () => boolean, actions: Pick<Actions, 'moveTask' | 'closeTask'>): void {
  let start: { x: number; y: number; id: number } | undefined;
  document.addEventListener('pointerdown', (event) => {
    const isOnStage = event.target instanceof Element && event.target.closest('#stage-picture') !== null;
    start =
      event.pointerType === 'touch' && event.isPrimary && isOnStage && !isZoomed()
        ? { x: event.clientX, y: event.clientY, id: event.pointerId }
        : undefined;
  });
  document.addEventListener('pointerup', (event) => {
    if (!start || start.id !== event.pointerId || isZoomed()) return;
    const [x, y] = [event.clientX - start.x, event.clientY - start.y];
    start = undefined;
    if (Math.abs(x) > SWIPE_DISTANCE && Math.abs(x) > Math.abs(y) * 1.5)
      actions.moveTask(x > 0 ? 'previous' : 'next');
    else if (y > SWIPE_DISTANCE && y > Math.abs(x) * 1.5) actions.closeTask();
  });
  document.addEventListener('pointercancel', () => {
    start = undefined;
  });
}
