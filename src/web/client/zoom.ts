/** Zooming and moving the large picture, by wheel, pinch, double click, keys. Loaded with the first task that is opened. */
import Panzoom, { type PanzoomObject } from '@panzoom/panzoom';

export interface Zoom {
  /** Between the whole picture and its own pixels. */
  toggle(): void;
  readonly isZoomed: boolean;
  pan(x: number, y: number): void;
  destroy(): void;
}

/** @param element the picture, in an element that hides what does not fit */
export function createZoom(element: HTMLElement): Zoom {
  const parent = element.parentElement ?? element;
  const panzoom: PanzoomObject = Panzoom(element, {
    maxScale: 8,
    minScale: 1,
    cursor: 'default',
    panOnlyWhenZoomed: true,
    touchAction: 'none',
    // A touch that moves nothing may be a swipe.
    handleStartEvent: (event) => {
      if (panzoom.getScale() > 1) event.preventDefault();
    },
  });
  const getFullScale = () => {
    const natural = element instanceof HTMLImageElement ? element.naturalWidth : element.clientWidth;
    return Math.max(2, natural / Math.max(1, element.clientWidth));
  };
  const onWheel = (event: WheelEvent) => {
    if (event.ctrlKey || panzoom.getScale() > 1) panzoom.zoomWithWheel(event);
  };
  const toggle = () => {
    if (panzoom.getScale() > 1) panzoom.reset();
    else panzoom.zoom(getFullScale(), { animate: true });
  };
  parent.addEventListener('wheel', onWheel, { passive: false });
  parent.addEventListener('dblclick', toggle);
  return {
    toggle,
    get isZoomed() {
      return panzoom.getScale() > 1;
    },
    pan: (x, y) => panzoom.pan(x, y, { relative: true }),
    destroy: () => {
      parent.removeEventListener('wheel', onWheel);
      parent.removeEventListener('dblclick', toggle);
      panzoom.destroy();
    },
  };
}
