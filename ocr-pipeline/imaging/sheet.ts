/** Fractions of the upright (EXIF applied) source picture's width and height, 0–1, origin top left. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** Corners of a paper, clockwise from its top left as it lies in the picture. */
export type Quad = readonly [topLeft: Point, topRight: Point, bottomRight: Point, bottomLeft: Point];

/** The whole picture is the paper: a feeder's scan, a page that was cut before. */
export const WHOLE_PICTURE: Quad = [
  { x: 0, y: 0 },
  { x: 1, y: 0 },
  { x: 1, y: 1 },
  { x: 0, y: 1 },
];

/** Within a pixel of 1,000: fractions that travelled through JSON and a screen. */
export function isWholePicture(quad: Quad): boolean {
  return quad.every(
    ({ x, y }, at) =>
      Math.abs(x - WHOLE_PICTURE[at]!.x) < 0.001 && Math.abs(y - WHOLE_PICTURE[at]!.y) < 0.001,
  );
}
