/** A picture of 1280 × 720 is 100 to 300 KB; more without an end is no stream of pictures. */
const MAX_PICTURE_BYTES = 4_194_304;
const START = Buffer.from('ffd8ff', 'hex');
/** End of image. It cannot stand within a picture: `ff` in its data is followed by `00` (ITU-T T.81, F.1.2.3). */
const END = Buffer.from('ffd9', 'hex');

/**
 * Cuts a stream of JPEG pictures, as ffmpeg's `mjpeg` writes it, at their ends. Takes bytes cut anywhere; what is no
 * picture is passed over. Null for good once a picture grows beyond 4 MB.
 */
export function createJpegCutter(): (chunk: Uint8Array) => readonly Buffer[] | null {
  let parts: Buffer[] = [];
  let bytes = 0;
  let last = 0;
  let broken = false;
  return (chunk) => {
    if (broken) return null;
    const pictures: Buffer[] = [];
    let rest = Buffer.from(chunk);
    while (rest.length > 0) {
      // The end mark may be cut in two.
      const inTwo = last === END[0] && rest[0] === END[1];
      const at = rest.indexOf(END);
      const cut = inTwo ? 1 : at + END.length;
      const whole = inTwo || at >= 0;
      const part = whole ? rest.subarray(0, cut) : rest;
      parts.push(part);
      bytes += part.length;
      last = whole ? 0 : (part.at(-1) ?? 0);
      rest = rest.subarray(part.length);
      if (whole) {
        const picture = Buffer.concat(parts);
        const start = picture.indexOf(START);
        if (start >= 0) pictures.push(picture.subarray(start));
        parts = [];
        bytes = 0;
      } else if (bytes > MAX_PICTURE_BYTES) {
        broken = true;
        return pictures.length > 0 ? pictures : null;
      }
    }
    return pictures;
  };
}
