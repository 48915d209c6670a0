import { cleanScan, type Degradation } from '../degrade.ts';
import { citizenCardBack, citizenCardCopy } from './citizen-card.ts';
import {
  birthCertificate,
  civilStatusExtract,
  deathCertificate,
  maritalStatus,
  marriageCertificate,
} from './civil-status.ts';
import { diploma, transcript } from './education.ts';
import {
  birthRegistrationForm,
  businessRegistrationForm,
  extractRequestForm,
  marriageRegistrationForm,
} from './forms.ts';
import { deathNotice, liveBirthNotice } from './health.ts';
import { contract, landUseCertificate, residenceConfirmation, residenceForm } from './housing.ts';
import { invitation, officialLetter } from './office.ts';
import type { Paper } from './paper.ts';

export interface SpecimenPlan {
  readonly name: string;
  readonly paper: () => Paper | Promise<Paper>;
  readonly degradation: Degradation;
}

/** A used office scanner: nothing is ever quite clean. Each plan says what else went wrong. */
const office: Degradation = {
  ...cleanScan,
  dpi: 240,
  blur: 0.5,
  dust: 12,
  light: 0.06,
  noise: 2,
  jpegQuality: 78,
};

const plan = (
  number: number,
  name: string,
  paper: SpecimenPlan['paper'],
  how: Partial<Degradation>,
): SpecimenPlan => ({
  name: `${String(number).padStart(2, '0')}-${name}`,
  paper,
  degradation: { ...office, seed: number, ...how },
});

const grey = [205, 206, 208] as const;
const yellowed = [244, 236, 214] as const;

export const specimenPlans: readonly SpecimenPlan[] = [
  plan(1, 'citizen-card-2021', () => citizenCardCopy('diem'), { dpi: 300, skew: 1.2, noise: 2.2 }),
  plan(2, 'birth-registration-form', birthRegistrationForm, { skew: -1.7, light: 0.22 }),
  plan(3, 'live-birth-notice', liveBirthNotice, {
    dpi: 300,
    skew: 2.1,
    lid: grey,
    bed: { width: 216, height: 297, left: 4, top: 6 },
    shadow: { edge: 'top', depth: 0.3, reach: 0.07 },
  }),
  plan(4, 'birth-certificate', birthCertificate, { skew: 0.6, light: 0.12, jpegQuality: 70 }),
  plan(5, 'marriage-certificate', marriageCertificate, {
    skew: -2.4,
    paper: yellowed,
    shadow: { edge: 'left', depth: 0.45, reach: 0.1 },
    jpegQuality: 68,
  }),
  plan(6, 'citizen-card-2024', () => citizenCardCopy('vuong'), { dpi: 300, skew: -0.8, light: 0.15 }),
  plan(7, 'marriage-registration-form', marriageRegistrationForm, { dpi: 200, skew: 2.8, noise: 3 }),
  plan(8, 'marital-status', maritalStatus, { skew: -0.4, light: 0.32, noise: 2.5, jpegQuality: 70 }),
  plan(9, 'civil-status-extract', civilStatusExtract, {
    skew: 1.9,
    shadow: { edge: 'right', depth: 0.5, reach: 0.12 },
  }),
  plan(10, 'extract-request-form', extractRequestForm, { dpi: 300, skew: -3, noise: 1.5, jpegQuality: 66 }),
  plan(11, 'death-notice', deathNotice, { dpi: 200, skew: 0.9, blur: 0.7, paper: yellowed, noise: 3.5 }),
  plan(12, 'residence-form', residenceForm, { skew: 1.4, light: 0.18, dust: 60 }),
  plan(13, 'contract', contract, {
    skew: -1.1,
    shadow: { edge: 'left', depth: 0.55, reach: 0.08 },
    jpegQuality: 64,
  }),
  plan(14, 'diploma', diploma, { skew: 0.7, light: 0.1, jpegQuality: 72 }),
  plan(15, 'transcript', transcript, { skew: -2, light: 0.15, jpegQuality: 70 }),
  plan(16, 'official-letter', officialLetter, { dpi: 200, skew: 2.3, blur: 0.6, noise: 4, jpegQuality: 62 }),
  plan(17, 'invitation', invitation, {
    dpi: 200,
    skew: -2.7,
    lid: grey,
    bed: { width: 216, height: 297, left: 2, top: 20 },
  }),
  plan(18, 'birth-certificate-upside-down', birthCertificate, {
    dpi: 200,
    turn: 180,
    skew: 1.5,
    paper: yellowed,
  }),
  plan(19, 'official-letter-sideways', officialLetter, { dpi: 200, turn: 90, skew: -0.9, light: 0.2 }),
  plan(20, 'citizen-card-back', () => citizenCardBack('nghia'), { dpi: 300, skew: 0.9, light: 0.1 }),
  plan(21, 'death-certificate', deathCertificate, { skew: -1.3, light: 0.2, jpegQuality: 68 }),
  plan(22, 'residence-confirmation', residenceConfirmation, { dpi: 200, skew: 1.7, noise: 2.6 }),
  plan(23, 'land-use-certificate', landUseCertificate, { skew: -0.8, light: 0.16, jpegQuality: 68 }),
  plan(24, 'business-registration-form', businessRegistrationForm, {
    skew: 2.2,
    shadow: { edge: 'top', depth: 0.35, reach: 0.08 },
  }),
];
