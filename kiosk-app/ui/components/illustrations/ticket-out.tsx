import { Illustration, type IllustrationProps } from './illustration.tsx';

/** A ticket comes out of the printer's slot. */
export function TicketOut(props: IllustrationProps) {
  return (
    <Illustration {...props}>
      <rect className="i-sunk" x="60" y="20" width="300" height="96" rx="18" />
      <rect className="i-line" x="60" y="20" width="300" height="96" rx="18" />
      <rect className="i-dark" x="116" y="78" width="188" height="14" rx="7" />
      <path
        className="i-surface"
        d="M134 86h152v178l-12.6 10-12.7-10-12.7 10-12.6-10-12.7 10-12.7-10-12.6 10-12.7-10-12.7 10-12.6-10-12.7 10-12.7-10Z"
      />
      <path
        className="i-accent-line"
        d="M134 86v178l12.7 10 12.7-10 12.7 10 12.6-10 12.7 10 12.7-10 12.6 10 12.7-10 12.7 10 12.6-10 12.7 10 12.6-10V86"
      />
      <path className="i-thin" d="M168 118h84M178 214h64M168 232h84" />
      <path className="i-accent-thick" d="M172 150h18v34h-18ZM210 150v34M228 150h22l-13 34" />
      <circle className="i-accent" cx="330" cy="48" r="6" />
    </Illustration>
  );
}
