import type { MaskedCard } from '@motcua/contract';
import { type CitizenCard, maskNumber } from '@motcua/device-drivers';

export function vietnameseDate(isoDay: string): string {
  const [year, month, day] = isoDay.split('-');
  return `${day}/${month}/${year}`;
}

/** What of a card may leave the service. The residence keeps only its last two parts (ward, province). */
export function maskCard(card: CitizenCard): MaskedCard {
  return {
    number: maskNumber(card.number),
    name: card.name,
    birthDate: vietnameseDate(card.birthDate),
    sex: card.sex === 'male' ? 'Nam' : 'Nữ',
    residence: `…${card.residence.split(',').slice(-2).join(',')}`,
  };
}
