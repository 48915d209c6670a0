import { foldVietnamese } from '@motcua/core';
import qrcode from 'qrcode';
import { type SpecimenPerson, specimenPerson } from '../people.ts';
import { sexName, slashed, upper } from './markup.ts';
import { a4, a5Landscape, everything, type Paper } from './paper.ts';

/** Both sides of a card copied onto one sheet, as people bring it. 1 : 1, so that the QR is as small as it is. */
export async function citizenCardCopy(personId: string): Promise<Paper> {
  const person = specimenPerson(personId);
  if (person.cardText === null || person.issueDate === null) throw new Error(`${personId} has no card`);
  const qr = await qrcode.toString(person.cardText, { type: 'svg', margin: 0, errorCorrectionLevel: 'L' });
  const code = `<div class="qr no-text">${qr}</div>`;
  const html = person.generation === '2024' ? card2024(person, code) : card2021(person, code);
  return {
    kind: 'citizen-card',
    ...a4,
    html: `<div class="cards">${html}</div>`,
    subject: person,
    prints: everything,
  };
}

/** The back of a card of 2021 alone: no QR, the number stands in the machine-readable zone only. */
export function citizenCardBack(personId: string): Paper {
  const person = specimenPerson(personId);
  return {
    kind: 'citizen-card-back',
    ...a5Landscape,
    html: `<div class="cards">${back2021(person)}</div>`,
    subject: person,
    prints: ['personNumber'],
  };
}

const motto = `<p class="center"><b>CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM</b></p><p class="center">Độc lập - Tự do - Hạnh phúc</p>
<p class="center tiny">SOCIALIST REPUBLIC OF VIET NAM</p>`;

const portrait = `<div class="portrait no-text"><svg viewBox="0 0 30 40"><rect width="30" height="40" fill="#b8c9d6"/><circle cx="15" cy="15" r="7" fill="#6d7f8d"/><path d="M2 40c0-12 6-16 13-16s13 4 13 16z" fill="#4e5f6d"/></svg></div>`;

/** Label in both languages, then the value. */
function field(vi: string, en: string, value: string): string {
  return `<p class="tiny">${vi} / <i>${en}</i>: <b>${value}</b></p>`;
}

function card2021(person: SpecimenPerson, qr: string): string {
  return `<div class="card">${qr}${motto}<p class="center red"><b>CĂN CƯỚC CÔNG DÂN</b></p><p class="center tiny">Citizen Identity Card</p>
${portrait}<div class="data"><p>Số / <i>No.</i>: <b class="number">${person.personNumber}</b></p>
${field('Họ và tên', 'Full name', '')}<p><b>${upper(person.fullName)}</b></p>
${field('Ngày sinh', 'Date of birth', slashed(person.birthDate))}
<p class="tiny">Giới tính / <i>Sex</i>: <b>${sexName(person)}</b> Quốc tịch / <i>Nationality</i>: <b>Việt Nam</b></p>
${field('Quê quán', 'Place of origin', person.origin)}
${field('Nơi thường trú', 'Place of residence', person.residence)}
${field('Có giá trị đến', 'Date of expiry', expiryOf(person))}</div></div>
${back2021(person)}`;
}

function back2021(person: SpecimenPerson): string {
  return `<div class="card back"><p class="tiny">Đặc điểm nhân dạng / <i>Personal identification</i>: <b>Nốt ruồi C: 1,5cm sau đuôi mắt phải</b></p>
<p class="tiny">Ngày, tháng, năm / <i>Date, month, year</i>: <b>${slashed(person.issueDate!)}</b></p>
<p class="tiny">CỤC TRƯỞNG CỤC CẢNH SÁT QUẢN LÝ HÀNH CHÍNH VỀ TRẬT TỰ XÃ HỘI</p><div class="chip no-text"></div>${machineReadableZone(person, expiryOf(person))}</div>`;
}

function expiryOf(person: SpecimenPerson): string {
  return `${slashed(person.birthDate).slice(0, 6)}${Number(person.birthDate.slice(0, 4)) + 40}`;
}

function card2024(person: SpecimenPerson, qr: string): string {
  const expiry = expiryOf(person);
  return `<div class="card">${motto}<p class="center red"><b>CĂN CƯỚC</b></p><p class="center tiny">IDENTITY CARD</p>
${portrait}<div class="data"><p class="tiny">Số định danh cá nhân / <i>Personal identification number</i>:</p><p><b class="number">${person.personNumber}</b></p>
<p class="tiny">Họ, chữ đệm và tên khai sinh / <i>Full name</i>:</p><p><b>${upper(person.fullName)}</b></p>
${field('Ngày, tháng, năm sinh', 'Date of birth', slashed(person.birthDate))}
${field('Giới tính', 'Sex', sexName(person))}${field('Quốc tịch', 'Nationality', 'Việt Nam')}</div></div>
<div class="card back">${qr}<p class="tiny">Nơi cư trú / <i>Place of residence</i>:</p><p class="tiny narrow"><b>${person.residence}</b></p>
<p class="tiny">Nơi đăng ký khai sinh / <i>Place of birth</i>:</p><p class="tiny narrow"><b>${person.origin}</b></p>
${field('Ngày cấp', 'Date of issue', slashed(person.issueDate!))}${field('Ngày hết hạn', 'Date of expiry', expiry)}
<p class="tiny">BỘ CÔNG AN</p><div class="chip no-text"></div>${machineReadableZone(person, expiry)}</div>`;
}

/** TD1 with Vietnam's own check digit at position 30 of the first line. `expiry` is `dd/mm/yyyy`. */
function machineReadableZone(person: SpecimenPerson, expiry: string): string {
  const number = person.personNumber;
  const short = number.slice(3);
  const first = `IDVNM${short}${checkDigit(short)}${number}<<${checkDigit(number)}`;
  const birth = person.birthDate.replaceAll('-', '').slice(2);
  const expires = expiry.split('/').reverse().join('').slice(2);
  const sex = person.sex === 'male' ? 'M' : 'F';
  const middle = `${birth}${checkDigit(birth)}`;
  const last = `${expires}${checkDigit(expires)}`;
  const second = `${middle}${sex}${last}VNM${'<'.repeat(11)}`;
  const composite = checkDigit(first.slice(5) + middle + last + second.slice(18));
  const [surname = '', ...given] = foldVietnamese(person.fullName).toUpperCase().split(' ');
  const third = `${surname}<<${given.join('<')}`.padEnd(30, '<').slice(0, 30);
  return `<div class="mrz">${[first, second + composite, third].map((each) => `<p>${each.replaceAll('<', '&lt;')}</p>`).join('')}</div>`;
}

/** ICAO 9303-3: weights 7, 3, 1. */
export function checkDigit(text: string): number {
  const value = (each: string) =>
    each === '<' ? 0 : /\d/.test(each) ? Number(each) : each.charCodeAt(0) - 55;
  return [...text].reduce((sum, each, at) => sum + value(each) * [7, 3, 1][at % 3]!, 0) % 10;
}
