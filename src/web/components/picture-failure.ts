/** Whether a picture or a video could not be loaded: its event may have come before anybody listened. */

export function hasFailed(element: HTMLImageElement | HTMLVideoElement): boolean {
  if (element instanceof HTMLVideoElement) return element.error !== null;
  return element.complete && element.naturalWidth === 0;
}
