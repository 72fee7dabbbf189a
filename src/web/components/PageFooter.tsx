/** The end of a page of text: where else there is something, also without a script, whose menus have the same links. */
import { useShell } from './shell.ts';

export function PageFooter() {
  const { t, version } = useShell();
  return (
    <footer class="page-footer">
      <nav aria-label={t.appName}>
        <a href="./">{t.home}</a>
        <a href="./collections">{t.collections}</a>
        <a href="./prompts">{t.prompts}</a>
        <a href="./saved">{t.savedSearches}</a>
        <a href="./status">{t.status}</a>
        <a href="./docs">{t.apiPage}</a>
      </nav>
      <span>
        {t.appName} {version}
      </span>
    </footer>
  );
}
