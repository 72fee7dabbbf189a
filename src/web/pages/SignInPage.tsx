/** The page that asks for a token. It works without a script, and shows nothing of the mirror. */
import { HelpSheet } from '../components/HelpSheet.tsx';
import { Icon } from '../components/Icon.tsx';
import { type Shell, ShellProvider } from '../components/shell.ts';
import { Brand, LanguageMenu, ThemeMenu } from '../components/TopBar.tsx';
import type { SignInData } from '../view/page-data.ts';

export function SignInPage({ shell, data: { next, error } }: { shell: Shell; data: SignInData }) {
  const { t } = shell;
  const message = error === undefined ? undefined : t.signInErrors[error];
  return (
    <ShellProvider value={shell}>
      <header class="bar is-short">
        <Brand />
        <div class="bar-end">
          <ThemeMenu />
          <LanguageMenu isAlwaysShown />
        </div>
      </header>
      <main class="sign-in">
        <form class="card" method="post" action="./sign-in">
          <h1>{t.signIn}</h1>
          <p class="muted" id="sign-in-hint">
            {t.signInHint}
          </p>
          {message !== undefined && (
            <p class="sign-in-error" id="sign-in-error" role="alert">
              <Icon name="circle-alert" size={16} />
              <span>{message}</span>
            </p>
          )}
          <label for="token">{t.token}</label>
          <input
            id="token"
            name="token"
            type="password"
            autocomplete="current-password"
            autocapitalize="off"
            spellcheck={false}
            required
            autofocus
            aria-describedby={message === undefined ? 'sign-in-hint' : 'sign-in-error sign-in-hint'}
            aria-invalid={error === 'invalid_token'}
          />
          <input type="hidden" name="next" value={next} />
          <button type="submit" class="button is-primary">
            {t.signIn}
          </button>
        </form>
      </main>
      <HelpSheet />
    </ShellProvider>
  );
}
