/** Texts that the server has put into the page, in the page's language, for when they are needed. */

/** Shows or clears a text that screen readers announce. */
export function say(id: string, isSaid: boolean): void {
  const element = document.getElementById(id);
  if (element) element.textContent = isSaid ? (element.dataset.text ?? '') : '';
}
