/** What was understood of a search, as parts that can be removed, and what was meant perhaps. */
import type { SearchInfo } from '../view/data.ts';
import { hasOperators, listRemovableParts } from '../view/query-parts.ts';
import { EMPTY_VIEW } from '../view/url.ts';
import { useApp } from './app.ts';
import { Icon } from './Icon.tsx';
import { ViewLink } from './ViewLink.tsx';

export function SearchNotes() {
  const { t, state } = useApp();
  const view = state.view.value;
  const info = state.info.value;
  const parts = hasOperators(view.q) ? listRemovableParts(view.q) : [];
  if (parts.length === 0 && !hasNotes(info)) return null;
  return (
    <div class="notes">
      {parts.length > 1 && (
        <ul class="parts" aria-label={t.parts}>
          {parts.map(({ text, without }) => (
            <li key={text}>
              <ViewLink
                view={{ ...view, q: without, task: '', cursor: '' }}
                class="chip is-active"
                title={t.remove(text)}
              >
                {text}
                <Icon name="x" size={15} />
              </ViewLink>
            </li>
          ))}
        </ul>
      )}
      {info?.did_you_mean.length ? (
        <p>
          {t.didYouMean}{' '}
          {info.did_you_mean.map(({ query }) => (
            <ViewLink key={query} view={{ ...view, q: query, task: '', cursor: '' }}>
              {query}
            </ViewLink>
          ))}
        </p>
      ) : null}
      {info && <Remarks info={info} />}
    </div>
  );
}

function hasNotes(info: SearchInfo | undefined): boolean {
  if (!info) return false;
  const { notes, understood, did_you_mean, optional_words } = info;
  return [notes, understood, did_you_mean, optional_words].some(({ length }) => length > 0);
}

/** One muted line. */
function Remarks({ info }: { info: SearchInfo }) {
  const { t } = useApp();
  const remarks = [
    ...info.understood.map(({ text, as }) => t.understoodAs(text, as)),
    ...(info.optional_words.length > 0 ? [t.optionalWords(info.optional_words.join(', '))] : []),
    ...info.notes,
  ];
  return remarks.length === 0 ? null : <p class="muted">{remarks.join(' · ')}</p>;
}

/** Nothing was found: each part that can be left out, with what is found without it. */
export function NoHits() {
  const { t, f, state } = useApp();
  const view = state.shownView.value;
  const without = state.info.value?.without ?? [];
  return (
    <div class="empty">
      <EmptyFrames />
      <h2>{t.noHits}</h2>
      {without.length > 0 && (
        <>
          <p class="muted">{t.noHitsWithout}</p>
          <ul class="without">
            {without.map(({ part, query, total, total_is_exact }) => (
              <li key={part}>
                <ViewLink view={{ ...view, q: query, task: '', cursor: '' }} class="chip">
                  {t.without(part)}
                  <span class="count">{total_is_exact ? f.number(total) : t.atLeast(f.number(total))}</span>
                </ViewLink>
              </li>
            ))}
          </ul>
        </>
      )}
      <p>
        <ViewLink view={EMPTY_VIEW} class="button">
          {t.noHitsClear}
        </ViewLink>
      </p>
    </div>
  );
}

/** Nothing is stored yet: how to begin. */
export function EmptyMirror() {
  const { t } = useApp();
  return (
    <div class="empty">
      <EmptyFrames />
      <h2>{t.empty}</h2>
      <p class="muted">{t.emptyHint}</p>
      <ol class="ways">
        <li>
          {t.emptyWays.generate} <a href="./docs">{t.apiPage}</a>
        </li>
        <li>
          {t.emptyWays.track}: <code>flux-mirror track ID</code> · <a href="./status#add">{t.status}</a>
        </li>
        <li>
          {t.emptyWays.backfill}: <code>flux-mirror backfill</code>
        </li>
      </ol>
    </div>
  );
}

function EmptyFrames() {
  return (
    <svg width="168" height="72" viewBox="0 0 168 72" aria-hidden="true" class="empty-frames">
      {[4, 64, 108].map((x, at) => (
        <rect key={x} x={x} y={8} width={[52, 36, 56][at]} height={56} rx={4} fill="none" />
      ))}
    </svg>
  );
}
