import site from '../site.example.json' with { type: 'json' };

/** Places that the example of an appliance does not have. */
const demo = { demo: { controlUrl: 'http://127.0.0.1:8741' } };

/** `, for example "…"` for a place in the configuration, taken from `site.example.json`; empty when it has none. */
export function describeExample(path: readonly PropertyKey[]): string {
  let value: unknown = { ...site, ...demo };
  for (const key of path) {
    // Whatever the list's length, its first entry shows how one looks.
    const step = Array.isArray(value) ? 0 : key;
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return '';
    value = (value as Record<PropertyKey, unknown>)[step];
  }
  return path.length > 0 ? `, for example ${JSON.stringify(value)}` : '';
}
