/** One route: what it does, how to try it, what it takes, and what it answers. */
import type { ApiBody, ApiResponse, ApiRoute } from '../../view/docs/describe-api.ts';
import { describeType } from '../../view/docs/describe-type.ts';
import { Icon } from '../Icon.tsx';
import { useShell } from '../shell.ts';
import { MemberTable, ParameterTable } from './SchemaTable.tsx';

interface Props {
  readonly route: ApiRoute;
  /** The mirror's address, without a slash at its end; the script corrects it behind a proxy. */
  readonly address: string;
  /** Of the mirror's paths; empty for none. */
  readonly prefix: string;
}

export function RouteArticle({ route, address, prefix }: Props) {
  const { t } = useShell();
  const p = t.docsPage;
  const { id, method, path, summary, isOpen, parameters, body, responses, errors } = route;
  const name = `${method.toUpperCase()} ${path}`;
  return (
    <article class="route card" id={id} aria-labelledby={`${id}-title`}>
      <header>
        <h3 id={`${id}-title`}>
          <span class={`method is-${method}`}>{method.toUpperCase()}</span>{' '}
          <code>
            {prefix !== '' && <span class="muted">{prefix}</span>}
            {path}
          </code>
        </h3>
        <a class="anchor" href={`#${id}`} aria-label={p.linkTo(name)}>
          #
        </a>
      </header>
      <p lang="en">{summary}</p>
      {isOpen && <p class="muted small">{p.isOpen}</p>}
      <Command route={route} address={address} />
      {parameters.length > 0 && (
        <>
          <h4>{p.parameters}</h4>
          <ParameterTable parameters={parameters} />
        </>
      )}
      {body && (
        <>
          <h4>
            {p.body} <MediaTypes body={body} />
          </h4>
          {body.rows.length > 0 ? (
            <MemberTable rows={body.rows} caption={p.body} isAnswer={false} />
          ) : (
            <p class="muted">{describeType(body.schema, p)}</p>
          )}
        </>
      )}
      <h4>{p.responses}</h4>
      <ul class="responses">
        {responses.map((response) => (
          <Response key={response.status} response={response} />
        ))}
        {errors.length > 0 && (
          <li>
            <span class="status is-error">{p.errors}</span>{' '}
            {errors.map((status) => (
              <a key={status} href="#errors">
                {status}
              </a>
            ))}
          </li>
        )}
      </ul>
    </article>
  );
}

function Command({ route: { curl, path, method }, address }: Pick<Props, 'route' | 'address'>) {
  const { t } = useShell();
  return (
    <div class="command">
      <pre>
        <code>
          {curl.before}
          <span class="address">{address}</span>
          {curl.after}
        </code>
      </pre>
      <button
        type="button"
        class="icon-button js-only"
        data-copy
        aria-label={`${t.docsPage.copyCommand}: ${method.toUpperCase()} ${path}`}
        title={t.docsPage.copyCommand}
      >
        <Icon name="copy" size={16} />
      </button>
    </div>
  );
}

function MediaTypes({ body: { mediaTypes } }: { body: ApiBody }) {
  return <small class="muted media-types">{mediaTypes.join(', ')}</small>;
}

function Response({ response: { status, description, body } }: { response: ApiResponse }) {
  const { t } = useShell();
  return (
    <li>
      <span class="status">{status}</span> <span lang="en">{description}</span>
      {body && <MediaTypes body={body} />}
      {body && body.rows.length > 0 && (
        <details>
          <summary>{t.docsPage.members}</summary>
          <MemberTable rows={body.rows} caption={`${status}: ${t.docsPage.members}`} isAnswer />
        </details>
      )}
    </li>
  );
}
