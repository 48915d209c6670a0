import type { SpecimenPerson } from '../people.ts';

/** National motto; its underline is drawn, not typed. */
const motto = `<p class="center"><b>CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM</b></p>
<p class="center"><b class="rule">Độc lập - Tự do - Hạnh phúc</b></p>`;

/** Head of an agency's paper: agency and number on the left, motto on the right. */
export function head(left: readonly string[], right = ''): string {
  const lines = left.map((line) => `<p class="center">${line}</p>`).join('');
  return `<div class="columns head"><div class="col agency">${lines}</div><div class="col">${motto}${right}</div></div>`;
}

/** Head of a form that a person fills in: the motto alone. */
export function formHead(title: string, to: string): string {
  return `<div class="head">${motto}</div><h1>${title}</h1>${to === '' ? '' : line(['Kính gửi:', to])}`;
}

const dots = '.'.repeat(300);

/** What is filled in, over a dotted leader that runs as far as there is room. The dots are no part of the text. */
export function fill(value: string, grow = 1): string {
  return `<span class="fill" style="flex-grow:${grow}"><i class="leader no-text">${dots}</i><span class="typed">${value}</span></span>`;
}

/** One line of a form: labels and filled-in values in turns. */
export function line(parts: readonly string[], grow: readonly number[] = []): string {
  const spans = parts.map((part, at) =>
    at % 2 === 0 ? `<span class="label">${part}</span>` : fill(part, grow[(at - 1) / 2] ?? 1),
  );
  return `<div class="line">${spans.join(' ')}</div>`;
}

/** A label and a value in bold, as certificates print them. */
export function entry(...pairs: readonly (readonly [string, string])[]): string {
  return `<p class="entry">${pairs.map(([label, value]) => `<span>${label} <b>${value}</b></span>`).join(' ')}</p>`;
}

/** Digits in boxes; read as one number. */
export function boxes(digits: string): string {
  const cells = [...digits].map((digit) => `<span class="cell">${digit}</span>`).join('');
  return `<span class="cells" data-word>${cells}</span>`;
}

export function tick(label: string, ticked: boolean): string {
  return `<span class="choice"><i class="box no-text">${ticked ? '<svg viewBox="0 0 10 10"><path d="M1 5 L4 9 L9 0" fill="none" stroke="#123" stroke-width="1.6"/></svg>' : ''}</i>${label}</span>`;
}

export function table(columns: readonly string[], rows: readonly (readonly string[])[]): string {
  const cells = (tag: string, row: readonly string[]) =>
    `<tr>${row.map((cell) => `<${tag}>${cell}</${tag}>`).join(' ')}</tr>`;
  return `<table>${cells('th', columns)}${rows.map((row) => cells('td', row)).join('')}</table>`;
}

/** Signature columns; a column is what it says, and the ink below. */
export function signatures(
  ...columns: readonly { readonly says: readonly string[]; readonly ink?: string; readonly name?: string }[]
): string {
  return `<div class="columns signatures">${columns
    .map(
      ({ says, ink, name }) =>
        `<div class="col">${says.map((each) => `<p class="center">${each}</p>`).join('')}<div class="ink no-text">${ink ?? ''}</div>${name ? `<p class="center"><b>${name}</b></p>` : ''}</div>`,
    )
    .join('')}</div>`;
}

/** `2026-08-21` → `21/08/2026` */
export function slashed(date: string): string {
  return date.split('-').reverse().join('/');
}

/** `2026-08-21` → `ngày 21 tháng 08 năm 2026` */
export function spelled(date: string): string {
  const [year, month, day] = date.split('-');
  return `ngày ${day} tháng ${month} năm ${year}`;
}

export function sexName(person: SpecimenPerson): string {
  return person.sex === 'male' ? 'Nam' : 'Nữ';
}

export function upper(text: string): string {
  return text.toLocaleUpperCase('vi');
}

/** Where the person's card comes from, as forms write it. */
export function cardLine(person: SpecimenPerson): string {
  const issued = person.issueDate === null ? '' : `, cấp ngày ${slashed(person.issueDate)}`;
  const name = person.generation === '2024' ? 'Căn cước' : 'CCCD';
  return `${name} số ${person.personNumber}${issued}`;
}
