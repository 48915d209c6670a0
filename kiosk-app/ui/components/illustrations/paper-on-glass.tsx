import { Illustration, type IllustrationProps } from './illustration.tsx';

/** A sheet comes down on the scanner's glass, its writing underneath. */
export function PaperOnGlass(props: IllustrationProps) {
  return (
    <Illustration {...props}>
      <path className="i-sunk" d="M40 214 118 148h248l22 66v52H40Z" />
      <path className="i-line" d="M40 214 118 148h248l22 66v52H40ZM40 214h348" />
      <path className="i-glass" d="m80 204 58-46h212l16 46Z" />
      <path className="i-line" d="m80 204 58-46h212l16 46Z" />
      <path className="i-glow-line" d="m112 179 246 0" />
      <path className="i-thin" d="M60 242h70" />
      <circle className="i-accent" cx="360" cy="242" r="7" />
      <path className="i-surface" d="m132 118 54-76h146l12 76Z" />
      <path className="i-accent-line" d="m132 118 54-76h146l12 76Z" />
      <path className="i-under" d="m132 118 4 9h210l-2-9Z" />
      <path className="i-dots" d="m164 110 40-56h112l9 56Z" />
      <path className="i-accent-thick" d="M238 128v28m-13-13 13 14 13-14" />
      <path
        className="i-skin"
        d="M420 14c-26 6-52 18-74 36-12 10-26 20-40 24-12 4-9 19 4 18 15-1 27-5 38-11 18 8 46 8 72 2Z"
      />
    </Illustration>
  );
}
