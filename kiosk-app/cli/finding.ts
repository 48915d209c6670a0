/** One thing that `doctor` looked at. `missing` makes its answer no; `optional` does not. */
export interface Finding {
  readonly what: string;
  readonly state: 'ok' | 'missing' | 'optional';
  readonly detail: string;
}
