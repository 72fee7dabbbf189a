/** A JSON value altered in one place, for tests that a schema takes exactly what it describes. */
type Path = readonly (string | number)[];

/** The value with a member more in one of its objects, for each of them. */
export function* withUnknownMember(value: unknown): Generator<{ at: string; altered: unknown }> {
  for (const path of objectsIn(value)) {
    const altered: unknown = structuredClone(value);
    objectAt(altered, path).unknown_member = 1;
    yield { at: path.join('.'), altered };
  }
}

/** The value without one of its members, for each of them. */
export function* withMissingMember(value: unknown): Generator<{ at: string; altered: unknown }> {
  for (const path of objectsIn(value)) {
    for (const name of Object.keys(objectAt(value, path))) {
      const altered: unknown = structuredClone(value);
      delete objectAt(altered, path)[name];
      yield { at: [...path, name].join('.'), altered };
    }
  }
}

function* objectsIn(value: unknown, path: Path = []): Generator<Path> {
  if (typeof value !== 'object' || value === null) return;
  if (!Array.isArray(value)) yield path;
  for (const [key, member] of Object.entries(value))
    yield* objectsIn(member, [...path, Array.isArray(value) ? Number(key) : key]);
}

function objectAt(value: unknown, path: Path): Record<string | number, unknown> {
  let found = value as Record<string | number, unknown>; // `path` leads to an object
  for (const key of path) found = found[key] as Record<string | number, unknown>;
  return found;
}
