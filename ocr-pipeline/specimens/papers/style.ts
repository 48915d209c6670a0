import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const faces = [
  ['Tinos', 400, 'normal', 'tinos/400Regular/Tinos_400Regular.ttf'],
  ['Tinos', 400, 'italic', 'tinos/400Regular_Italic/Tinos_400Regular_Italic.ttf'],
  ['Tinos', 700, 'normal', 'tinos/700Bold/Tinos_700Bold.ttf'],
  ['Tinos', 700, 'italic', 'tinos/700Bold_Italic/Tinos_700Bold_Italic.ttf'],
  ['Arimo', 400, 'normal', 'arimo/400Regular/Arimo_400Regular.ttf'],
  ['Arimo', 400, 'italic', 'arimo/400Regular_Italic/Arimo_400Regular_Italic.ttf'],
  ['Arimo', 700, 'normal', 'arimo/700Bold/Arimo_700Bold.ttf'],
  ['Cousine', 400, 'normal', 'cousine/400Regular/Cousine_400Regular.ttf'],
] as const;

/** Fonts and looks of all papers. The fonts come from npm packages, so that no font of the machine is needed. */
export function paperStyle(): string {
  const require = createRequire(import.meta.url);
  const fonts = faces.map(([family, weight, style, path]) => {
    const data = readFileSync(require.resolve(`@expo-google-fonts/${path}`)).toString('base64');
    return `@font-face{font-family:${family};font-weight:${weight};font-style:${style};src:url(data:font/ttf;base64,${data})}`;
  });
  return fonts.join('\n') + looks;
}

const looks = `
*{box-sizing:border-box;margin:0;padding:0}
body{background:#fff;color:#111}
.paper{position:relative;overflow:hidden;font:13pt/1.35 Tinos;padding:18mm 16mm 14mm 26mm}
.center{text-align:center}.right{text-align:right}.just{text-align:justify}.indent{text-indent:10mm}
p{margin:.9mm 0}
h1{font-size:16pt;text-align:center;margin:6mm 0 4mm}
.red{color:#b3202a}.big{font-size:22pt}
.rule{border-bottom:1px solid #111;padding-bottom:.6mm}
.columns{display:flex;gap:4mm}.columns>.col{flex:1}
.head{font-size:12pt}.head .agency{flex:.72}.head p{margin:.3mm 0;white-space:nowrap}
.agency i{white-space:normal}
.wide{gap:8mm;align-items:flex-start}
.line{display:flex;align-items:baseline;gap:1.2mm;margin:1.25mm 0}
.label{white-space:nowrap}
.fill{position:relative;flex:1 1 0;overflow:hidden;white-space:nowrap;min-width:8mm;height:6.6mm;line-height:6.6mm}
.leader{position:absolute;left:0;right:0;top:.5mm;font-style:normal;color:#333;letter-spacing:.3px}
.typed{position:relative;top:-.8mm;padding-left:2mm;font-family:Arimo;font-size:11.2pt;color:#14204f}
.entry{margin:1.7mm 0}.entry span{margin-right:7mm}
.signatures{margin-top:6mm;font-size:12pt}.signatures p{margin:.2mm 0}
.ink{position:relative;height:24mm}
.pen{position:absolute;width:48mm;left:14mm;top:3mm}
.stamp{position:absolute;width:35mm;height:35mm;mix-blend-mode:multiply;opacity:.86}
table{border-collapse:collapse;width:100%;font-size:11pt;margin:3mm 0}
td,th{border:1px solid #222;padding:1mm 1.6mm;vertical-align:top;text-align:left;height:6.5mm}
.cells{display:inline-flex;vertical-align:middle;margin-left:2mm}
.cell{border:1px solid #222;margin-right:-1px;width:7mm;height:7mm;line-height:6.6mm;text-align:center;font-family:Arimo}
.choices{display:flex;flex-wrap:wrap;gap:2mm 7mm}.box{display:inline-block;width:4mm;height:4mm;border:1.2px solid #222;margin-right:1.6mm;vertical-align:-.5mm}.box svg{display:block}
.frame{border:2.2px double #9a6a4a;outline:.6mm solid #d9b69a;outline-offset:1.6mm;padding:6mm 9mm;margin:-8mm -4mm 0 -12mm;min-height:250mm;background:repeating-radial-gradient(circle at 50% 45%,#fdf3ea 0 1.1mm,#fff8f2 1.1mm 2.2mm)}
.frame .entry{margin:1.2mm 0}
.frame.gold{min-height:176mm;margin:-8mm -4mm 0 -14mm;background:repeating-linear-gradient(45deg,#fdf9e6 0 1mm,#fffdf2 1mm 2mm)}
.middle{margin-left:50mm}
.tight{font-size:12pt;margin:-8mm -4mm 0 -8mm}.tight h1{margin:2.5mm 0 2mm}.tight .line{margin:.5mm 0}.tight .signatures{margin-top:2mm}.tight .ink{height:17mm}
.sans{font-family:Arimo;font-size:11.5pt}
.small{font-size:11.8pt}.small h1{margin:3mm 0}.small .signatures{margin-top:3mm}.small td,.small th{padding:.6mm 1.6mm;height:0}
.addressees{margin:7mm 0 5mm}
.cards{display:flex;flex-direction:column;align-items:center;gap:14mm;padding-top:20mm;margin-left:-10mm}
.card{position:relative;width:85.6mm;height:54mm;border-radius:3mm;border:1px solid #b9c9cf;padding:2.4mm 3mm;font:6.6pt/1.22 Arimo;overflow:hidden;background:linear-gradient(120deg,#e3f1f4,#f8f4e4 55%,#e4f1e8)}
.card p{margin:.15mm 0}.card .tiny{font-size:5.9pt}.number{font-size:10pt;letter-spacing:.4px}
.card .portrait{position:absolute;left:3mm;top:17mm;width:21mm}.card .portrait svg{display:block}
.data{margin:1mm 0 0 25mm}.data p{margin:.35mm 0}
.card>.qr{position:absolute;right:2.5mm;top:2.5mm;width:15mm}.qr svg{display:block}
.card .narrow{max-width:62mm}
.chip{position:absolute;left:36mm;bottom:20mm;width:12mm;height:9mm;border-radius:1.5mm;background:linear-gradient(135deg,#d9b95f,#f3e2a5)}
.mrz{position:absolute;left:3mm;right:2mm;bottom:2.5mm;font:8.8pt/1.35 Cousine;white-space:nowrap}
`;
