/** Strokes on a 24 × 24 grid, drawn for this kiosk. */
const PATHS = {
  help: 'M12 21.2a9.2 9.2 0 1 0 0-18.4 9.2 9.2 0 0 0 0 18.4ZM9.2 9.4a2.9 2.9 0 1 1 4.3 2.6c-.9.5-1.5 1.1-1.5 2.2M12 17.3v.1',
  globe:
    'M12 21.2a9.2 9.2 0 1 0 0-18.4 9.2 9.2 0 0 0 0 18.4ZM3 12h18M12 2.8c2.6 2.6 3.8 5.7 3.8 9.2s-1.2 6.6-3.8 9.2C9.4 18.6 8.2 15.5 8.2 12S9.4 5.4 12 2.8Z',
  leave: 'M14 4h4.5a1.5 1.5 0 0 1 1.5 1.5v13a1.5 1.5 0 0 1-1.5 1.5H14M10 8l-4 4 4 4M6 12h9',
  back: 'M11 5l-7 7 7 7M4 12h16',
  next: 'M13 5l7 7-7 7M20 12H4',
  up: 'M5 15l7-7 7 7',
  down: 'M5 9l7 7 7-7',
  check: 'M4.5 12.8l5 5 10-11.5',
  cross: 'M6 6l12 12M18 6L6 18',
  warning: 'M12 3.5l9.3 16.5H2.7ZM12 10v4.5M12 17.3v.1',
  search: 'M10.5 17.5a7 7 0 1 0 0-14 7 7 0 0 0 0 14ZM15.7 15.7L21 21',
  turn: 'M19.5 12a7.5 7.5 0 1 1-2.3-5.4M19.8 3.5v4.3h-4.3',
  remove: 'M4.5 6.5h15M9.5 6.5v-2.5h5v2.5M6.5 6.5l.9 13.5h9.2l.9-13.5M10 10.5v5.5M14 10.5v5.5',
  larger: 'M10.5 17.5a7 7 0 1 0 0-14 7 7 0 0 0 0 14ZM15.7 15.7L21 21M10.5 7.5v6M7.5 10.5h6',
  smaller: 'M10.5 17.5a7 7 0 1 0 0-14 7 7 0 0 0 0 14ZM15.7 15.7L21 21M7.5 10.5h6',
  printer:
    'M7 9V3.5h10V9M7 16.5H4.5A1.5 1.5 0 0 1 3 15v-4.5A1.5 1.5 0 0 1 4.5 9h15a1.5 1.5 0 0 1 1.5 1.5V15a1.5 1.5 0 0 1-1.5 1.5H17M7 14h10v6.5H7Z',
  scan: 'M4 8V5.5A1.5 1.5 0 0 1 5.5 4H8M16 4h2.5A1.5 1.5 0 0 1 20 5.5V8M20 16v2.5a1.5 1.5 0 0 1-1.5 1.5H16M8 20H5.5A1.5 1.5 0 0 1 4 18.5V16M3 12h18',
  clock: 'M12 21.2a9.2 9.2 0 1 0 0-18.4 9.2 9.2 0 0 0 0 18.4ZM12 6.8V12l3.6 2.4',
  money: 'M3 6.5h18v11H3ZM12 14.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5ZM6 9.5v.1M18 14.4v.1',
  paper: 'M6 3h8.5L19 7.5V21H6ZM14 3v5h5M9 12.5h7M9 16h7',
  person: 'M12 11.5a4 4 0 1 0 0-8 4 4 0 0 0 0 8ZM4.5 20.5c.6-4 3.6-6.3 7.5-6.3s6.9 2.3 7.5 6.3',
  backspace: 'M8.5 5.5H20.5v13H8.5L3 12ZM11.5 9.5l5 5M16.5 9.5l-5 5',
} as const;

export type IconName = keyof typeof PATHS;

/** Decoration only: the word beside it carries the meaning. */
export function Icon({ name }: { readonly name: IconName }) {
  return (
    <svg className="icon" viewBox="0 0 24 24" aria-hidden="true">
      <path
        d={PATHS[name]}
        fill="none"
        stroke="currentColor"
        strokeWidth="2"
        strokeLinecap="round"
        strokeLinejoin="round"
      />
    </svg>
  );
}
