/** A collection, for whoever has its public link. It runs no script, and has addresses below the link only. */
import { cutText, MAX_ALT_LENGTH } from '../view/cut-text.ts';
import type { Language } from '../view/i18n/dictionary.ts';
import { SHARED_TEXTS } from '../view/i18n/shared.ts';
import type { SharedCollection, SharedItem, SharedPicture } from '../view/shared-data.ts';

interface SharedPageProps {
  readonly language: Language;
  /** Of the link, relative to the page. */
  readonly base: string;
  readonly collection: SharedCollection;
}

type Texts = (typeof SHARED_TEXTS)[Language];

/** Pixels of thumbnails. */
const WIDTHS = [320, 640, 960] as const;
/** Of `.shared-list`. */
const SIZES = '(max-width: 660px) 100vw, (max-width: 1000px) 50vw, 340px';
/** Later pictures are loaded when they are scrolled to. */
const EAGER_ITEMS = 6;

export function SharedPage({ language, base, collection }: SharedPageProps) {
  const t = SHARED_TEXTS[language];
  const { name, note, count, items, firstNumber, isFirstPage, next } = collection;
  return (
    <main class="shared">
      <h1>{name}</h1>
      {note !== '' && <p class="shared-note">{note}</p>}
      <p class="shared-count muted">{count === 0 ? t.empty : t.pictures(count)}</p>
      <ol class="shared-list" start={firstNumber}>
        {items.map((item, at) => (
          <Item key={at} t={t} base={base} item={item} number={firstNumber + at} isEager={at < EAGER_ITEMS} />
        ))}
      </ol>
      {(next !== undefined || !isFirstPage) && (
        <nav class="shared-pages" aria-label={t.page}>
          {!isFirstPage && <a href={base}>{t.first}</a>}
          {next !== undefined && (
            <a href={next} rel="next">
              {t.next}
            </a>
          )}
        </nav>
      )}
    </main>
  );
}

/** In the place of a collection: a link that was revoked, or never was one. */
export function UnknownLinkPage({ language }: { language: Language }) {
  const t = SHARED_TEXTS[language];
  return (
    <main class="shared">
      <h1>{t.unknownTitle}</h1>
      <p class="shared-note">{t.unknown}</p>
    </main>
  );
}

interface ItemProps {
  readonly t: Texts;
  readonly base: string;
  readonly item: SharedItem;
  readonly number: number;
  readonly isEager: boolean;
}

function Item({ t, base, item: { pictures, reason, text }, number, isEager }: ItemProps) {
  const alt = text ? cutText(text.prompt, MAX_ALT_LENGTH) : t.picture(number);
  return (
    <li>
      <div class="shared-pictures">
        {pictures.map((picture) => (
          <Picture
            key={picture.sha256}
            {...{ base, picture, alt, isEager }}
            hasOriginal={text !== undefined}
          />
        ))}
        {reason !== undefined && <p class="shared-gap">{t[reason]}</p>}
      </div>
      {text && <p class="shared-prompt">{text.prompt}</p>}
      {text && text.facts !== '' && <p class="shared-facts muted">{text.facts}</p>}
    </li>
  );
}

interface PictureProps {
  readonly base: string;
  readonly picture: SharedPicture;
  readonly alt: string;
  readonly isEager: boolean;
  /** Else only pictures that were drawn again: the file may hold the prompt. */
  readonly hasOriginal: boolean;
}

function Picture({ base, picture, alt, isEager, hasOriginal }: PictureProps) {
  const { sha256, kind, width, height } = picture;
  const original = `${base}/images/${sha256}`;
  if (kind === 'video')
    return <video src={original} controls preload="metadata" aria-label={alt} {...{ width, height }} />;
  const thumb = (pixels: number) => `${base}/thumbs/${sha256}?w=${pixels}`;
  return (
    <a href={hasOriginal ? original : thumb(WIDTHS[2])}>
      <img
        src={thumb(WIDTHS[1])}
        srcset={WIDTHS.map((pixels) => `${thumb(pixels)} ${pixels}w`).join(', ')}
        sizes={SIZES}
        alt={alt}
        loading={isEager ? 'eager' : 'lazy'}
        decoding="async"
        {...{ width, height }}
      />
    </a>
  );
}
