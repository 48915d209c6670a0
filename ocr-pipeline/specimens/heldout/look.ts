import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Condition } from './conditions.ts';
import type { Draw } from './people.ts';

const bodies = ['Tinos', 'Tinos', 'Tinos', 'Arimo', 'Be Vietnam Pro'] as const;
const values = ['Arimo', 'Tinos', 'Cousine', 'Be Vietnam Pro'] as const;
const leaders = ['.5px', '1px', '2px', '0'] as const;
const black = ['#111', '#000', '#222'] as const;
const faded = ['#555', '#666', '#5a5a66', '#6b6259'] as const;

/** Style sheet over the papers' own: another font, size, leader, toner. `shrink` makes room for what would not fit. */
export function drawLook(draw: Draw, condition: Condition, shrink: number): string {
  const body = draw.one(bodies);
  const size = draw.one([11.5, 12, 13, 13, 14]) * (body === 'Be Vietnam Pro' ? 0.86 : 1) * shrink;
  const ink = draw.one(condition === 'faint' ? faded : black);
  const margin = draw.one(['18mm 16mm 14mm 26mm', '20mm 15mm 15mm 30mm', '15mm 20mm 12mm 20mm']);
  return `
.paper{font:${size}pt/${draw.one([1.25, 1.35, 1.5])} ${quote(body)};color:${ink};padding:${margin}}
.head{font-size:${0.9 * size}pt}.signatures{font-size:${0.92 * size}pt}table{font-size:${0.86 * size}pt}
td,th{border-color:${ink}}h1{font-size:${draw.one([1.1, 1.2, 1.35]) * size}pt}.big{font-size:${1.5 * size}pt}
.leader{letter-spacing:${draw.one(leaders)};color:${ink}}
.typed{font-family:${quote(draw.one(values))};font-size:${draw.one([0.82, 0.88, 0.95]) * size}pt;color:${draw.one(['#14204f', '#111', '#1f3fae', ink])};top:${draw.one(['-.8mm', '-.3mm', '0'])}}
.over{position:relative}.head p{white-space:normal}.signatures .ink{height:${20 * shrink}mm}
${draw.chance(0.2) ? 'table{border:none}td{border-left:none;border-right:none}' : ''}`;
}

function quote(family: string): string {
  return `'${family}'`;
}

/** The kiosk's own face, in the weights that papers use. */
export function extraFaces(): string {
  const require = createRequire(import.meta.url);
  return (
    [
      [400, 'normal', '400Regular/BeVietnamPro_400Regular'],
      [400, 'italic', '400Regular_Italic/BeVietnamPro_400Regular_Italic'],
      [700, 'normal', '700Bold/BeVietnamPro_700Bold'],
    ] as const
  )
    .map(([weight, style, path]) => {
      const data = readFileSync(require.resolve(`@expo-google-fonts/be-vietnam-pro/${path}.ttf`)).toString(
        'base64',
      );
      return `@font-face{font-family:'Be Vietnam Pro';font-weight:${weight};font-style:${style};src:url(data:font/ttf;base64,${data})}`;
    })
    .join('\n');
}
