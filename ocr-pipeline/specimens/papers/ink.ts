import { seededRandom } from '../random.ts';

/**
 * A round stamp, red unless said otherwise, of an agency that does not exist. It says so itself: every stamp carries "MẪU THỬ".
 * `style` places it; it is ink, so it multiplies with what it lies on.
 */
export function stamp(agency: string, place: string, style: string, turn = -8, colour = '#d0202c'): string {
  const id = `ring${[...`${agency}${style}`].reduce((sum, each) => (sum * 31 + each.codePointAt(0)!) >>> 0, 7)}`;
  const star = Array.from({ length: 10 }, (_, at) => {
    const angle = (Math.PI * at) / 5 - Math.PI / 2;
    const radius = at % 2 === 0 ? 17 : 6.8;
    return `${(50 + radius * Math.cos(angle)).toFixed(1)},${(46 + radius * Math.sin(angle)).toFixed(1)}`;
  }).join(' ');
  return `<svg class="stamp no-text" viewBox="0 0 100 100" style="${style};transform:rotate(${turn}deg)">
<g fill="none" stroke="${colour}"><circle cx="50" cy="50" r="48" stroke-width="2.4"/><circle cx="50" cy="50" r="45.4" stroke-width=".8"/><circle cx="50" cy="50" r="30" stroke-width="1"/></g>
<g fill="${colour}" font-family="Arimo" font-weight="700"><path id="${id}a" d="M50 50 m-35 0 a35 35 0 1 1 70 0" fill="none"/><path id="${id}b" d="M50 50 m-42 0 a42 42 0 0 0 84 0" fill="none"/>
<text font-size="6.6" text-anchor="middle"><textPath href="#${id}a" startOffset="50%">${agency}</textPath></text>
<text font-size="6.2" text-anchor="middle"><textPath href="#${id}b" startOffset="50%">★ ${place} ★</textPath></text>
<polygon points="${star}"/><text x="50" y="72" font-size="6" text-anchor="middle">MẪU THỬ</text></g></svg>`;
}

/** A scribble in pen that looks like a signature and is nobody's. */
export function signature(seed: number, colour = '#1b2f7a'): string {
  const random = seededRandom(seed);
  let x = 8;
  let path = `M${x} ${30 + random() * 12}`;
  for (let stroke = 0; stroke < 9; stroke++) {
    const step = 8 + random() * 9;
    const points = [
      x + step * 0.2,
      2 + random() * 22,
      x + step * 1.2,
      34 + random() * 20,
      x + step,
      20 + random() * 18,
    ];
    x += step;
    path += ` C${points.map((each) => each.toFixed(1)).join(' ')}`;
  }
  path += ` q20 -14 ${(30 + random() * 14).toFixed(1)} ${(-6 + random() * 12).toFixed(1)}`;
  return `<svg class="pen" viewBox="0 0 150 60"><path d="${path}" fill="none" stroke="${colour}" stroke-width="1.5" stroke-linecap="round"/></svg>`;
}
