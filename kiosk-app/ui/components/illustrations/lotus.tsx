/** The kiosk's mark: an open lotus in five petals; or the part of it that grows out of a corner. */
export function Lotus({ isCorner = false }: { readonly isCorner?: boolean }) {
  return (
    <svg className="lotus" viewBox={isCorner ? '0 0 102 67' : '0 0 120 84'} aria-hidden="true">
      <g fill="none" stroke="currentColor" strokeWidth="3.2" strokeLinejoin="round">
        <path d="M60 5c12 13 17 26 17 39 0 12-6 22-17 29-11-7-17-17-17-29 0-13 5-26 17-39Z" />
        <path d="M44 30c-7-6-14-9-22-10-1 15 2 28 10 38 7 8 16 13 28 15" />
        <path d="M76 30c7-6 14-9 22-10 1 15-2 28-10 38-7 8-16 13-28 15" />
        <path d="M24 42c-8-1-15 0-21 3 6 17 25 29 57 28" />
        <path d="M96 42c8-1 15 0 21 3-6 17-25 29-57 28" />
        <path d="M22 80c13-4 25-4 38 0 13-4 25-4 38 0" strokeLinecap="round" />
      </g>
    </svg>
  );
}
