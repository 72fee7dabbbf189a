/** The bar at the top of every page: the name, the search, how the mirror does, and the reader's choices. */
import type { ComponentChildren } from 'preact';
import { DENSITIES } from '../layout/geometry.ts';
import { LANGUAGES } from '../view/i18n/dictionary.ts';
import { THEMES } from '../view/preferences.ts';
import { HealthLine } from './HealthLine.tsx';
import { Icon, type IconName } from './Icon.tsx';
import { Popover } from './Popover.tsx';
import { useShell } from './shell.ts';

/** @param children the search box */
export function TopBar({ children }: { children?: ComponentChildren }) {
  return (
    <header class="bar">
      <Brand />
      <div class="bar-middle">{children}</div>
      <div class="bar-end">
        <HealthLine />
        <ViewMenu />
        <ThemeMenu />
        <LanguageMenu />
        <MainMenu />
      </div>
    </header>
  );
}

export function Brand() {
  const { t } = useShell();
  return (
    <a class="brand" href="./" aria-label={`${t.appName}: ${t.home}`}>
      <svg width="20" height="16" viewBox="0 0 20 16" aria-hidden="true">
        <rect x="0" y="0" width="9" height="16" rx="2" fill="currentColor" />
        <rect
          x="11.75"
          y="0.75"
          width="7.5"
          height="14.5"
          rx="2"
          fill="none"
          stroke="currentColor"
          stroke-width="1.5"
        />
      </svg>
      <span class="brand-name">{t.appName}</span>
    </a>
  );
}

function ViewMenu() {
  const { t, state, actions } = useShell();
  return (
    <Popover
      name="view"
      class="icon-button js-only wide-only"
      title={t.view}
      label={<Icon name="sliders-horizontal" />}
      align="end"
    >
      {() => (
        <>
          <Choices
            legend={t.density}
            options={DENSITIES.map((value) => ({ value, text: t.densities[value] }))}
            chosen={state.preferences.value.density}
            onChoose={(value) => actions?.setPreference('density', value)}
          />
          <Toggle
            text={t.captions}
            isOn={state.preferences.value.captions}
            onToggle={(isOn) => actions?.setPreference('captions', isOn)}
          />
          <Toggle
            text={t.shortcutsOn}
            isOn={state.preferences.value.shortcuts}
            onToggle={(isOn) => actions?.setPreference('shortcuts', isOn)}
          />
        </>
      )}
    </Popover>
  );
}

const THEME_ICONS = { system: 'sun-moon', light: 'sun', dark: 'moon' } as const satisfies Record<
  string,
  IconName
>;

export function ThemeMenu() {
  const { t, state, actions } = useShell();
  const { theme } = state.preferences.value;
  const next = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length] ?? 'system';
  return (
    <button
      type="button"
      class="icon-button js-only"
      aria-label={`${t.theme}: ${t.themes[theme]}`}
      title={`${t.theme}: ${t.themes[theme]}`}
      onClick={() => actions?.setPreference('theme', next)}
    >
      <Icon name={THEME_ICONS[theme]} />
    </button>
  );
}

/** @param isAlwaysShown also on a narrow page, where the menu has the languages otherwise */
export function LanguageMenu({ isAlwaysShown = false }: { isAlwaysShown?: boolean }) {
  const { t, language, actions } = useShell();
  return (
    <Popover
      name="language"
      class={`icon-button js-only${isAlwaysShown ? '' : ' wide-only'}`}
      title={t.language}
      label={<Icon name="languages" />}
      align="end"
    >
      {() => (
        <Choices
          legend={t.language}
          options={LANGUAGES.map((value) => ({ value, text: t.languages[value] }))}
          chosen={language}
          onChoose={(value) => actions?.setPreference('language', value)}
        />
      )}
    </Popover>
  );
}

/** Everything that there is room for only on wide windows, and the ways to other pages. */
function MainMenu() {
  const { t, state, actions, language, rights } = useShell();
  return (
    <Popover name="menu" class="icon-button js-only" title={t.menu} label={<Icon name="menu" />} align="end">
      {() => (
        <nav class="menu" aria-label={t.menu}>
          <a href="./">{t.home}</a>
          <a href="./collections">{t.collections}</a>
          <a href="./prompts">{t.prompts}</a>
          <a href="./saved">{t.savedSearches}</a>
          <a href="./status">{t.status}</a>
          <a href="./docs">{t.apiPage}</a>
          <button type="button" onClick={() => actions?.toggleHelp(true)}>
            {t.keys} <kbd>?</kbd>
          </button>
          <div class="narrow-only">
            <Choices
              legend={t.density}
              options={DENSITIES.map((value) => ({ value, text: t.densities[value] }))}
              chosen={state.preferences.value.density}
              onChoose={(value) => actions?.setPreference('density', value)}
            />
            <Choices
              legend={t.language}
              options={LANGUAGES.map((value) => ({ value, text: t.languages[value] }))}
              chosen={language}
              onChoose={(value) => actions?.setPreference('language', value)}
            />
          </div>
          {rights.isSignedIn && (
            <form method="post" action="./sign-out">
              <button type="submit">{t.signOut}</button>
            </form>
          )}
        </nav>
      )}
    </Popover>
  );
}

interface ChoicesProps<Value extends string> {
  readonly legend: string;
  readonly options: readonly { readonly value: Value; readonly text: string }[];
  readonly chosen: Value;
  readonly onChoose: (value: Value) => void;
}

export function Choices<Value extends string>({ legend, options, chosen, onChoose }: ChoicesProps<Value>) {
  return (
    <fieldset class="choices">
      <legend>{legend}</legend>
      {options.map(({ value, text }) => (
        <label key={value}>
          <input
            type="radio"
            name={`choice-${legend}`}
            value={value}
            checked={value === chosen}
            onChange={() => onChoose(value)}
          />
          {text}
        </label>
      ))}
    </fieldset>
  );
}

interface ToggleProps {
  readonly text: string;
  readonly isOn: boolean;
  readonly onToggle: (isOn: boolean) => void;
}

function Toggle({ text, isOn, onToggle }: ToggleProps) {
  return (
    <label class="toggle">
      <input type="checkbox" checked={isOn} onChange={(event) => onToggle(event.currentTarget.checked)} />
      {text}
    </label>
  );
}
