/** Tables of parameters and members. */
import type { JsonObject } from '../../../task/json-object.ts';
import type { ApiParameter } from '../../view/docs/describe-api.ts';
import { describeType, listConstraints, listValues } from '../../view/docs/describe-type.ts';
import type { SchemaRow } from '../../view/docs/schema-rows.ts';
import { useShell } from '../shell.ts';

interface TableRow {
  readonly name: string;
  /** What is said of its presence, unless it is as usual. */
  readonly presence: 'required' | 'optional' | undefined;
  readonly schema: JsonObject;
  readonly description: string;
  /** Of a parameter. */
  readonly place?: string;
}

export function ParameterTable({ parameters }: { parameters: readonly ApiParameter[] }) {
  const { t } = useShell();
  const places: Readonly<Record<string, string>> = t.docsPage.places;
  return (
    <Table
      caption={t.docsPage.parameters}
      rows={parameters.map((parameter) => ({
        ...parameter,
        presence: parameter.isRequired ? 'required' : undefined,
        place: places[parameter.place] ?? parameter.place,
      }))}
    />
  );
}

interface MemberTableProps {
  readonly rows: readonly SchemaRow[];
  readonly caption: string;
  /** Whether the mirror sends it: then most members are always there. */
  readonly isAnswer: boolean;
}

export function MemberTable({ rows, caption, isAnswer }: MemberTableProps) {
  return (
    <Table
      caption={caption}
      rows={rows.map(({ path, schema, isRequired }) => ({
        ...{ name: path, schema, presence: describePresence(isRequired, isAnswer) },
        description: typeof schema.description === 'string' ? schema.description : '',
      }))}
    />
  );
}

function describePresence(isRequired: boolean, isAnswer: boolean): TableRow['presence'] {
  if (isAnswer) return isRequired ? undefined : 'optional';
  return isRequired ? 'required' : undefined;
}

function Table({ rows, caption }: { rows: readonly TableRow[]; caption: string }) {
  const { t } = useShell();
  const p = t.docsPage;
  return (
    <table class="schema-table">
      <caption class="visually-hidden">{caption}</caption>
      <thead>
        <tr>
          <th scope="col">{p.name}</th>
          <th scope="col">{p.type}</th>
          <th scope="col">{p.meaning}</th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.name}>
            <td>
              <code>{row.name}</code>
              {row.presence && <small class={`presence is-${row.presence}`}>{p[row.presence]}</small>}
            </td>
            <td class="muted">
              {describeType(row.schema, p)}
              {row.place !== undefined && <small> · {row.place}</small>}
            </td>
            <td>
              <Meaning row={row} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Meaning({ row: { schema, description } }: { row: TableRow }) {
  const { t } = useShell();
  const values = listValues(schema);
  const constraints = listConstraints(schema, t.docsPage);
  return (
    <>
      {description !== '' && <span lang="en">{description}</span>}
      {values.length > 0 && (
        <span class="values-line">
          {values.map((value) => (
            <code key={value}>{value}</code>
          ))}
        </span>
      )}
      {constraints.length > 0 && <small class="muted">{constraints.join(' · ')}</small>}
    </>
  );
}
