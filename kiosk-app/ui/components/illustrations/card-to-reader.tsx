import { Illustration, type IllustrationProps } from './illustration.tsx';

const QR = [
  'M0 0h14v14H0Z M4 4h6v6H4Z',
  'M28 0h14v14H28Z M32 4h6v6h-6Z',
  'M0 28h14v14H0Z M4 32h6v6H4Z',
  'M18 2h4v4h-4Z M22 8h4v6h-4Z M18 18h6v4h-6Z M28 18h4v6h-4Z M36 20h6v4h-6Z M2 18h6v4H2Z M10 22h4v4h-4Z',
  'M20 28h4v6h-4Z M28 28h6v4h-6Z M38 30h4v6h-4Z M24 38h8v4h-8Z M34 36h4v6h-4Z M18 36h3v6h-3Z',
];

/** A hand holds the card's QR before the reader, whose light falls on it. */
export function CardToReader(props: IllustrationProps) {
  return (
    <Illustration {...props}>
      <rect className="i-sunk" x="14" y="30" width="118" height="240" rx="18" />
      <rect className="i-line" x="14" y="30" width="118" height="240" rx="18" />
      <rect className="i-dark" x="40" y="100" width="66" height="88" rx="10" />
      <circle className="i-glow" cx="73" cy="144" r="20" />
      <path className="i-thin" d="M46 62h54M54 222h38" />
      <path className="i-beam" d="M106 118 214 88v120L106 170Z" />
      <g transform="rotate(-4 300 150)">
        <rect className="i-surface" x="206" y="84" width="176" height="116" rx="11" />
        <rect className="i-accent-line" x="206" y="84" width="176" height="116" rx="11" />
        <g className="i-dark" fillRule="evenodd" transform="translate(222 104) scale(1.32)">
          {QR.map((path) => (
            <path key={path} d={path} />
          ))}
        </g>
        <path className="i-accent-thick" d="M294 112h56" />
        <path className="i-thin" d="M294 130h70M294 146h58M222 180h100" />
      </g>
      <path
        className="i-skin"
        d="M418 300V176c-14-14-32-24-48-24-14 0-20 9-12 17l22 18c4 16 0 30-10 38-14 10-28 14-44 12-13-1-14 17-1 21 16 4 33 2 48-5 6 16 16 34 22 47Z"
      />
    </Illustration>
  );
}
